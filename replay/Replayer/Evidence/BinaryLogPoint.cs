using System.Globalization;

namespace Replay.Replayer;

/// <summary>
/// A moment of a server's binary log, as a snapshot names it: <c>file:position</c> (MariaDB, and xtrabackup), which is exact; MySQL's executed GTIDs, which may be those of a little before.
/// <see href="https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-concepts.html"/>
/// </summary>
internal sealed class BinaryLogPoint
{
    private readonly Dictionary<Guid, List<(long From, long To)>> _executed = [];

    /// <summary>The file; null where GTIDs tell.</summary>
    public string? File { get; private init; }

    /// <summary>The byte of the file at which the first transaction begins that came later.</summary>
    public long Position { get; private init; }

    /// <summary>Reads one; null if the text names none.</summary>
    public static BinaryLogPoint? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var colon = text.LastIndexOf(':');
        if (!Guid.TryParse(text.AsSpan(0, Math.Min(36, text.Length)), out _))
        {
            return colon > 0 && long.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var position) ? new BinaryLogPoint { File = text[..colon], Position = position } : null;
        }

        var point = new BinaryLogPoint();
        return Array.TrueForAll(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), point.Add) ? point : null;
    }

    /// <summary>Whether a transaction had been executed.</summary>
    public bool Has(Guid server, long number) => _executed.TryGetValue(server, out var spans) && spans.Exists(s => number >= s.From && number <= s.To);

    // server:1-5:7, and from 8.3 on tags between them, whose numbers are their own.
    private bool Add(string source)
    {
        var parts = source.Split(':', StringSplitOptions.TrimEntries);
        if (!Guid.TryParse(parts[0], out var server))
        {
            return false;
        }

        if (!_executed.TryGetValue(server, out var spans))
        {
            _executed.Add(server, spans = []);
        }

        foreach (var part in parts.Skip(1).TakeWhile(static p => p.Length > 0 && char.IsAsciiDigit(p[0])))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!long.TryParse(dash < 0 ? part : part[..dash], CultureInfo.InvariantCulture, out var from) || !long.TryParse(part[(dash + 1)..], CultureInfo.InvariantCulture, out var to))
            {
                return false;
            }

            spans.Add((from, to));
        }

        return true;
    }
}
