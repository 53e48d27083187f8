namespace Replay.TestKit;

/// <summary>How to run a program.</summary>
public sealed record ProcessOptions
{
    /// <summary>After this it is killed with all its children and the test fails. A minute by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Its working folder; this process's own if null.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Environment variables on top of this process's; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Its standard input; empty if null.</summary>
    public string? Input { get; init; }

    /// <summary>Takes each line of its standard output, of which then nothing is held: for what writes gigabytes. Null to hold it all.</summary>
    public Action<string>? TakeLine { get; init; }

    /// <summary>A file that becomes its standard input; wins over <see cref="Input"/>.</summary>
    public string? InputFile { get; init; }
}
