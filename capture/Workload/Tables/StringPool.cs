using System.Text;

namespace Replay.Workload;

/// <summary>Makes equal texts one string: thousands of sessions have the same user. Bounded; what is beyond is not shared.</summary>
internal sealed class StringPool
{
    private const int MaxStrings = 4096;
    private const int MaxBytes = 256;

    private readonly Dictionary<ulong, string> _strings = [];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return "";
        }

        if (utf8.Length > MaxBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var hash = XxHash3.Hash64(utf8);
        if (_strings.TryGetValue(hash, out var known) && Equal(known, utf8))
        {
            return known;
        }

        var text = Encoding.UTF8.GetString(utf8);
        if (_strings.Count < MaxStrings)
        {
            _strings[hash] = text;
        }

        return text;
    }

    private static bool Equal(string text, ReadOnlySpan<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes * 3];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var size) && utf8.SequenceEqual(bytes[..size]);
    }
}
