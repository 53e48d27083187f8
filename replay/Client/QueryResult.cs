namespace Replay.Client;

/// <summary>
/// The outcome of a text query sent for the replayer's own needs. An error is a value here: whoever asks knows whether it matters. Of a text
/// with several statements it has the last result set.
/// </summary>
public sealed record QueryResult
{
    /// <summary>Names of the columns; empty if there was no result set.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The rows, values as text, NULL as null.</summary>
    public IReadOnlyList<string?[]> Rows { get; init; } = [];

    /// <summary>SQLSTATE or error number; null if all went well.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The error's message.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Rows changed; -1 where the response does not say.</summary>
    public long Affected { get; init; } = -1;

    /// <summary>Whether there was no error.</summary>
    public bool Succeeded => ErrorCode is null;

    /// <summary>The first row's first value; null if there is none.</summary>
    public string? Scalar => Rows.Count > 0 && Rows[0].Length > 0 ? Rows[0][0] : null;

    /// <summary>This, or a <see cref="TargetException"/> that says <paramref name="what"/> failed.</summary>
    public QueryResult OrThrow(string what) => Succeeded ? this : throw new TargetException(ErrorCode!, $"{what}: {ErrorMessage}");
}
