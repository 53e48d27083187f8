using System.Buffers.Text;
using System.Globalization;

namespace Replay.Workload;

/// <summary>PostgreSQL's <c>timestamptz</c> in ISO form: <c>2026-11-20 10:30:00.5+01</c>, in whatever zone the session has.</summary>
internal static class MomentText
{
    /// <summary>The most bytes that <see cref="Write"/> makes.</summary>
    public const int MaxBytes = 40;

    private const int UpToSeconds = 19;

    /// <summary>Writes the moment in UTC; returns 0 where it is already, or is none (<c>infinity</c>, BC, other styles).</summary>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (text.EndsWith("+00"u8) || text.Length <= UpToSeconds || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':')
        {
            return 0;
        }

        var zone = text[UpToSeconds..].IndexOfAny((byte)'+', (byte)'-');
        if (zone < 0 || !TryOffset(text[(UpToSeconds + zone)..], out var offset)
            || !Read(text[..4], out var year) || !Read(text[5..7], out var month) || !Read(text[8..10], out var day)
            || !Read(text[11..13], out var hour) || !Read(text[14..16], out var minute) || !Read(text[17..19], out var second)
            || year is < 2 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return 0;
        }

        var fraction = text.Slice(UpToSeconds, zone);
        if (fraction.Length > 7)
        {
            return 0;
        }

        new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Subtract(offset).TryFormat(to, out var length, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        fraction.CopyTo(to[length..]);
        length += fraction.Length;
        "+00"u8.CopyTo(to[length..]);
        return length + 3;
    }

    private static bool Read(ReadOnlySpan<byte> text, out int value) => Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && value >= 0;

    // +01, +05:30, -00:44:30.
    private static bool TryOffset(ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = default;
        int minutes = 0, seconds = 0;
        if (text.Length is not (3 or 6 or 9) || !Read(text[1..3], out var hours)
            || (text.Length >= 6 && (text[3] != ':' || !Read(text[4..6], out minutes))) || (text.Length == 9 && (text[6] != ':' || !Read(text[7..9], out seconds))))
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, seconds);
        offset = text[0] == '-' ? -offset : offset;
        return true;
    }
}
