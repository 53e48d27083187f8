namespace Replay.Comparator;

/// <summary>Writes <see href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</see>: comma, CRLF, quotes where a field needs them, doubled within.</summary>
/// <param name="output">Where to.</param>
internal sealed class CsvWriter(TextWriter output)
{
    // What a spreadsheet takes for the beginning of a formula, https://owasp.org/www-community/attacks/CSV_Injection. No number of ours is negative.
    private const string FormulaSigns = "=+-@";

    private bool _isInRow;

    /// <summary>Adds a field to the row; null is an empty one. What a spreadsheet would calculate gets an apostrophe in front: statements come from strangers.</summary>
    public CsvWriter Field(string? text)
    {
        if (_isInRow)
        {
            output.Write(',');
        }

        _isInRow = true;
        if (text is null)
        {
            return this;
        }

        if (text.Length > 0 && FormulaSigns.Contains(text[0], StringComparison.Ordinal))
        {
            text = $"'{text}";
        }

        // An empty text in quotes is a text; what is not there is nothing at all.
        if (text.Length > 0 && text.AsSpan().IndexOfAny(",\"\r\n") < 0 && text[0] != ' ' && text[^1] != ' ')
        {
            output.Write(text);
            return this;
        }

        output.Write('"');
        output.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        output.Write('"');
        return this;
    }

    /// <summary>Ends the row.</summary>
    public void EndRow()
    {
        output.Write("\r\n");
        _isInRow = false;
    }
}
