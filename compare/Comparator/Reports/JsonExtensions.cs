using System.Text.Json;
using Replay.Statistics;

namespace Replay.Comparator;

internal static class JsonExtensions
{
    // Six digits say more than any measurement here.
    private const string Digits = "G6";

    // A decimal ends at 7.9e28. Bounds of a ratio do not: with few degrees of freedom, or hardly any slow execution among the rest.
    private const double MostOfDecimal = 1e28;

    public static void Number(this Utf8JsonWriter json, string name, double value)
    {
        var text = value.ToString(Digits);
        if (!double.IsFinite(value))
        {
            json.WriteNull(name);
        }
        else if (Math.Abs(value) < MostOfDecimal)
        {
            json.WriteNumber(name, decimal.Parse(text, System.Globalization.NumberStyles.Float));
        }
        else
        {
            json.WriteNumber(name, double.Parse(text));
        }
    }

    /// <summary>A whole number, with all its digits.</summary>
    public static void Count(this Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } value)
        {
            json.WriteNumber(name, value);
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
