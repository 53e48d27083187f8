# What a client knows of its own statements, one JSON object a line: the ground truth that a capture is held against.
package Truth;
use strict; use warnings;
use Exporter 'import';
our @EXPORT = qw(truth own);

binmode STDOUT, ':utf8';
$| = 1;

sub json {
    my ($value) = @_;
    return 'null' unless defined $value;
    return '[' . join(',', map { json($_) } @$value) . ']' if ref $value eq 'ARRAY';
    $value =~ s/(["\\])/\\$1/g;
    $value =~ s/([\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
    return "\"$value\"";
}

sub truth {
    my ($sql, %facts) = @_;
    my %numbers = map { $_ => 1 } qw(rows affected);
    print '{"sql":' . json($sql) . join('', map { qq(,"$_":) . ($numbers{$_} ? $facts{$_} : json($facts{$_})) } sort keys %facts) . "}\n";
}

# Statements that the driver sends by itself, as a regular expression over the whole text.
sub own { print '{"driver":' . json($_[0]) . "}\n" }

1;
