<?php
// What a client knows of its own statements, one JSON object a line: the ground truth that a capture is held against.
error_reporting(E_ALL & ~E_WARNING);
[, $HOST, $PORT, $USER, $PASSWORD, $DATABASE] = $argv;

function truth(string $sql, array $facts = []): void {
    echo json_encode(['sql' => $sql] + $facts, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
}

// Statements that the driver sends by itself, as a regular expression over the whole text.
function own(string $pattern): void {
    echo json_encode(['driver' => $pattern], JSON_UNESCAPED_SLASHES), "\n";
}
