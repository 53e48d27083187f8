using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Compares two values of a column in their type's normal form, as text protocols write them. Binary values are equal or not.</summary>
internal static class ValueComparer
{
    // PostgreSQL, pg_type.dat: oids of int8, int2, int4, float4, float8, numeric; the times; json, jsonb; bpchar.
    private static readonly uint[] PostgresExact = [20, 21, 23, 26, 1700];
    private static readonly uint[] PostgresTimes = [1082, 1083, 1114, 1184, 1266];

    // MySQL, field types: DECIMAL, TINY, SHORT, LONG, LONGLONG, INT24, NEWDECIMAL; TIMESTAMP, DATE, TIME, DATETIME.
    private static readonly uint[] MySqlExact = [0, 1, 2, 3, 8, 9, 246];
    private static readonly uint[] MySqlTimes = [7, 10, 11, 12];

    private enum Form
    {
        Text,
        Exact,
        Single,
        Double,
        Time,
        Char,
    }

    public static ValueDifference Compare(Engine engine, in Column baseline, in Column candidate, byte[]? x, byte[]? y)
    {
        if (x is null || y is null)
        {
            return x is null && y is null ? ValueDifference.None : ValueDifference.Null;
        }

        if (x.AsSpan().SequenceEqual(y))
        {
            return ValueDifference.None;
        }

        if (baseline.IsBinary || candidate.IsBinary)
        {
            return ValueDifference.Value;
        }

        string a = Encoding.UTF8.GetString(x), b = Encoding.UTF8.GetString(y);
        return FormOf(engine, baseline.Type) switch
        {
            // PostgreSQL before 12 wrote 15 digits of a double and 6 of a real (extra_float_digits), MySQL likewise; later ones as many as tell it apart.
            Form.Double when SameNumber(a, b, 15) => ValueDifference.NumberFormat,
            Form.Single when SameNumber(a, b, 6) => ValueDifference.NumberFormat,
            Form.Exact when SameDecimal(a, b) => ValueDifference.NumberFormat,
            Form.Time when SameTime(a, b) => ValueDifference.TimeFormat,
            Form.Char when a.TrimEnd(' ') == b.TrimEnd(' ') => ValueDifference.Padding,
            Form.Text when SameJson(a, b) => ValueDifference.JsonFormat,
            _ => ValueDifference.Value,
        };
    }

    private static Form FormOf(Engine engine, uint type)
    {
        if (engine == Engine.PostgreSql)
        {
            return type switch { 700 => Form.Single, 701 => Form.Double, 1042 => Form.Char, _ when PostgresExact.Contains(type) => Form.Exact, _ when PostgresTimes.Contains(type) => Form.Time, _ => Form.Text };
        }

        type &= 0xFF;
        return type switch { 4 => Form.Single, 5 => Form.Double, 254 => Form.Char, _ when MySqlExact.Contains(type) => Form.Exact, _ when MySqlTimes.Contains(type) => Form.Time, _ => Form.Text };
    }

    private static bool SameNumber(string a, string b, int digits) =>
        double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y)
        && x.ToString($"E{digits - 1}", CultureInfo.InvariantCulture) == y.ToString($"E{digits - 1}", CultureInfo.InvariantCulture);

    private static bool SameDecimal(string a, string b) =>
        decimal.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && decimal.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y) && x == y;

    private static bool SameTime(string a, string b) =>
        DateTimeOffset.TryParse(a, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var x) && DateTimeOffset.TryParse(b, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var y) && x == y;

    // MariaDB's JSON is a text, so it is told by its look.
    private static bool SameJson(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0 || a[0] is not ('{' or '[') || b[0] is not ('{' or '['))
        {
            return false;
        }

        try
        {
            return JsonNode.DeepEquals(JsonNode.Parse(a), JsonNode.Parse(b));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // Not JSON, or a key twice: then they are texts that differ.
            return false;
        }
    }
}
