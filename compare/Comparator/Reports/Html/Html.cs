using System.Globalization;
using System.Net;

namespace Replay.Comparator;

/// <summary>Writes HTML. Text goes through <see cref="Text"/> or <see cref="Encode"/>, never as it is: statements and messages come from strangers.</summary>
internal sealed class Html(TextWriter writer)
{
    /// <summary>Encoded for text and for attributes in double quotes.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>A text that may be too long for a page, and where the whole of it is.</summary>
    public static string Cut(string text, int most, string whole) =>
        text.Length <= most ? text : $"{text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)]}\n... {text.Length - most:N0} more characters are in {whole}";

    /// <summary>A number for an attribute.</summary>
    public static string Number(double value) => double.IsFinite(value) ? value.ToString("0.###", CultureInfo.InvariantCulture) : "0";

    /// <summary>Markup of ours, as it is.</summary>
    public Html Raw(string markup)
    {
        writer.Write(markup);
        return this;
    }

    /// <summary>Text of anybody.</summary>
    public Html Text(string? text)
    {
        writer.Write(Encode(text));
        return this;
    }

    /// <summary>An element that holds text.</summary>
    public Html Element(string name, string? text, string? @class = null)
    {
        writer.Write(@class is null ? $"<{name}>" : $"<{name} class=\"{@class}\">");
        Text(text);
        writer.Write($"</{name}>");
        return this;
    }

    /// <summary>An element that holds what <paramref name="inside"/> writes.</summary>
    public Html Element(string name, Action inside, string? attributes = null)
    {
        writer.Write(attributes is null ? $"<{name}>" : $"<{name} {attributes}>");
        inside();
        writer.Write($"</{name}>\n");
        return this;
    }

    /// <summary>The head of a table.</summary>
    public Html Head(params string[] columns) => Element("thead", () => Element("tr", () =>
    {
        foreach (var column in columns)
        {
            // A header without words is none.
            writer.Write(column.Length == 0 ? "<td></td>" : column.StartsWith('#') ? $"<th scope=\"col\" class=\"num\">{Encode(column[1..])}</th>" : $"<th scope=\"col\">{Encode(column)}</th>");
        }
    }));

    /// <summary>A row of plain cells; the first is the row's header. A cell that begins with # is a number.</summary>
    public Html Row(params string?[] cells) => Element("tr", () =>
    {
        for (var i = 0; i < cells.Length; i++)
        {
            var cell = cells[i] ?? "";
            var isNumber = cell.StartsWith('#');
            var name = i == 0 ? "th scope=\"row\"" : "td";
            writer.Write($"<{name}{(isNumber ? " class=\"num\"" : "")}>{Encode(isNumber ? cell[1..] : cell)}</{(i == 0 ? "th" : "td")}>");
        }
    });
}
