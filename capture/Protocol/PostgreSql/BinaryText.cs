using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Replay.Protocol.PostgreSql;

/// <summary>
/// Values in PostgreSQL's binary format as text that the server would read back. Types are known by their OIDs, which are the same everywhere for
/// built-in types (<see href="https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat">pg_type.dat</see>).
/// </summary>
public static class BinaryText
{
    private const long MicrosecondsOfSecond = 1_000_000;
    private const long MicrosecondsOfDay = 86_400 * MicrosecondsOfSecond;

    // Timestamps and dates count from 2000-01-01.
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The text of <paramref name="value"/>; <c>\x</c> and hexadecimal digits if the type is not known or the value does not fit it.</summary>
    public static string Of(uint type, ReadOnlySpan<byte> value) => TryFormat(type, value) ?? @"\x" + Convert.ToHexStringLower(value);

    private static string? TryFormat(uint type, ReadOnlySpan<byte> value)
    {
        switch (type, value.Length)
        {
            case (PostgresTypes.Bool, 1):
                return value[0] != 0 ? "t" : "f";
            case (PostgresTypes.Int2, 2):
                return BinaryPrimitives.ReadInt16BigEndian(value).ToString(CultureInfo.InvariantCulture);
            case (PostgresTypes.Int4, 4):
                return BinaryPrimitives.ReadInt32BigEndian(value).ToString(CultureInfo.InvariantCulture);
            case (PostgresTypes.Oid, 4):
                return BinaryPrimitives.ReadUInt32BigEndian(value).ToString(CultureInfo.InvariantCulture);
            case (PostgresTypes.Int8, 8):
                return BinaryPrimitives.ReadInt64BigEndian(value).ToString(CultureInfo.InvariantCulture);
            case (PostgresTypes.Float4, 4):
                return Number(BinaryPrimitives.ReadSingleBigEndian(value));
            case (PostgresTypes.Float8, 8):
                return Number(BinaryPrimitives.ReadDoubleBigEndian(value));
            case (PostgresTypes.Uuid, 16):
                return new Guid(value, bigEndian: true).ToString();
            case (PostgresTypes.Date, 4):
                return Date(BinaryPrimitives.ReadInt32BigEndian(value));
            case (PostgresTypes.Time, 8):
                return TimeOfDay(BinaryPrimitives.ReadInt64BigEndian(value));
            case (PostgresTypes.Timestamp, 8):
                return Timestamp(BinaryPrimitives.ReadInt64BigEndian(value), "");
            case (PostgresTypes.TimestampTz, 8):
                return Timestamp(BinaryPrimitives.ReadInt64BigEndian(value), "+00");
            case (PostgresTypes.Jsonb, > 0) when value[0] == 1:
                return Encoding.UTF8.GetString(value[1..]);
            case (PostgresTypes.Text or PostgresTypes.VarChar or PostgresTypes.BpChar or PostgresTypes.Name or PostgresTypes.Json or PostgresTypes.Xml, _):
                return Encoding.UTF8.GetString(value);
            case (PostgresTypes.Numeric, >= 8):
                return BinaryNumeric.Of(value);
            default:
                return PostgresTypes.ElementOf(type) is var element and > 0 ? BinaryArray.Of(element, value) : null;
        }
    }

    private static string Number(float value) => float.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : NotFinite(value);

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : NotFinite(value);

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static string? Date(int days) => days switch
    {
        int.MaxValue => "infinity",
        int.MinValue => "-infinity",
        _ => IsInCalendar(days) ? Epoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
    };

    private static string? Timestamp(long microseconds, string zone) => microseconds switch
    {
        long.MaxValue => "infinity",
        long.MinValue => "-infinity",
        _ => IsInCalendar(microseconds / MicrosecondsOfDay)
            ? Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + zone
            : null,
    };

    private static string? TimeOfDay(long microseconds) =>
        microseconds is >= 0 and < MicrosecondsOfDay
            ? new TimeOnly(microseconds * TimeSpan.TicksPerMicrosecond).ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture)
            : null;

    // .NET's calendar has the years 1 to 9999; the few days at its ends are left out.
    private static bool IsInCalendar(long days) => days is > -730_000 and < 2_920_000;
}
