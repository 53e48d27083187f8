using System.Collections.Concurrent;
using System.Text;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Error codes of production and of all runs under common numbers. 0 is no error. Safe for several threads.</summary>
public sealed class ErrorCodeTable
{
    /// <summary>The number of all codes beyond <see cref="MostCodes"/>.</summary>
    public const int Other = 1;

    /// <summary>More codes than PostgreSQL and MySQL have together; a server that sends more is not a database.</summary>
    public const int MostCodes = 100_000;

    private readonly ConcurrentDictionary<string, int> _ids = new(StringComparer.Ordinal) { [""] = 0, ["other"] = Other };
    private readonly List<string> _codes = ["", "other"];
    private readonly Lock _lock = new();

    /// <summary>The number of a code.</summary>
    public int IdOf(string code)
    {
        if (_ids.TryGetValue(code, out var known))
        {
            return known;
        }

        lock (_lock)
        {
            if (_ids.TryGetValue(code, out known))
            {
                return known;
            }

            if (_codes.Count >= MostCodes)
            {
                return Other;
            }

            _codes.Add(code);
            return _ids[code] = _codes.Count - 1;
        }
    }

    /// <summary>The number of a code as the wire had it.</summary>
    public int IdOf(ReadOnlySpan<byte> code)
    {
        if (code.IsEmpty)
        {
            return 0;
        }

        // Codes are five characters at most; what is longer is cut, so that the lookup needs no allocation.
        Span<char> characters = stackalloc char[Math.Min(code.Length, 16)];
        Encoding.Latin1.GetChars(code[..characters.Length], characters);
        return _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters, out var known) ? known : IdOf(characters.ToString());
    }

    /// <summary>The number that stands for an exchange that got no response, by reason.</summary>
    public int IdOf(RunReason reason) => IdOf(reason.Name());

    /// <summary>The code with a number.</summary>
    public string Code(int id)
    {
        lock (_lock)
        {
            return _codes[id];
        }
    }
}
