namespace Replay.Comparator;

/// <summary>Writes <see href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</see>: comma, CRLF, quotes where a field needs them, doubled within.</summary>
/// <param name="output">Where to.</param>
internal sealed class CsvWriter(TextWriter output)
{
    private bool _isInRow;

    /// <summary>Adds a field to the row; null is an empty one.</summary>
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
