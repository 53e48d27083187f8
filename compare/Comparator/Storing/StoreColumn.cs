using System.Text;
using System.Text.Json;
using NpgsqlTypes;

namespace Replay.Comparator;

/// <summary>A column of a table, and what it holds of an item.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Of">Its value, null where there is none.</param>
internal sealed record StoreColumn<T>(string Name, NpgsqlDbType Type, Func<T, object?> Of);

/// <summary>Columns by type. Values become what PostgreSQL can hold: no NaN, no character 0.</summary>
internal static class StoreColumns
{
    public static StoreColumn<T> Id<T>(string name, Func<T, Guid> of) => new(name, NpgsqlDbType.Uuid, item => of(item));

    public static StoreColumn<T> Text<T>(string name, Func<T, string?> of) => new(name, NpgsqlDbType.Text, item => Clean(of(item)));

    public static StoreColumn<T> Texts<T>(string name, Func<T, IEnumerable<string>> of) => new(name, NpgsqlDbType.Array | NpgsqlDbType.Text, item => of(item).Select(Clean).ToArray());

    public static StoreColumn<T> Count<T>(string name, Func<T, long?> of) => new(name, NpgsqlDbType.Bigint, item => of(item));

    public static StoreColumn<T> Integer<T>(string name, Func<T, int?> of) => new(name, NpgsqlDbType.Integer, item => of(item));

    public static StoreColumn<T> Number<T>(string name, Func<T, double?> of) => new(name, NpgsqlDbType.Double, item => of(item) is { } number && double.IsFinite(number) ? number : null);

    public static StoreColumn<T> Flag<T>(string name, Func<T, bool> of) => new(name, NpgsqlDbType.Boolean, item => of(item));

    public static StoreColumn<T> Moment<T>(string name, Func<T, DateTime?> of) => new(name, NpgsqlDbType.TimestampTz, item => of(item));

    public static StoreColumn<T> Counts<T>(string name, Func<T, IEnumerable<(string Name, long Count)>> of) =>
        new(name, NpgsqlDbType.Jsonb, item => JsonSerializer.Serialize(of(item).ToDictionary(one => one.Name, one => one.Count)));

    /// <summary>A moment of the workload's clock.</summary>
    public static DateTime Moment(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>A text as PostgreSQL takes it: no character 0, no half of a surrogate pair.</summary>
    public static string? Clean(string? text)
    {
        if (text is null || text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
    }
}
