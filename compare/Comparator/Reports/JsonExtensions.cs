using System.Text.Json;
using Replay.Statistics;

namespace Replay.Comparator;

internal static class JsonExtensions
{
    // Six digits say more than any measurement here.
    private const string Digits = "G6";

    public static void Number(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WritePropertyName(name);
            json.WriteNumberValue(decimal.Parse(value.ToString(Digits), System.Globalization.NumberStyles.Float));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void Strings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    public static void Ratio(this Utf8JsonWriter json, string name, RatioInterval? ratio)
    {
        json.WriteStartObject(name);
        json.Number("estimate", ratio?.Estimate ?? double.NaN);
        json.Number("low", ratio?.Low ?? double.NaN);
        json.Number("high", ratio?.High ?? double.NaN);
        json.WriteEndObject();
    }

    public static void Example(this Utf8JsonWriter json, ExchangeExample? example)
    {
        if (example is null)
        {
            json.WriteNull("first");
            return;
        }

        json.WriteStartObject("first");
        json.WriteNumber("position", example.Position);
        json.WriteNumber("session", example.Session);
        json.WriteNumber("ordinal", example.Ordinal);
        json.WriteString("message", example.Message);
        json.WriteString("user", example.User);
        json.WriteString("database", example.Database);
        json.WriteString("production_error", example.ProductionCode);
        json.WriteEndObject();
    }
}
