namespace Replay.Comparator;

/// <summary>The comparison as one self-contained page.</summary>
public static class HtmlReport
{
    /// <summary>Writes it.</summary>
    public static void Write(Comparison comparison, Stream output)
    {
        using var writer = new StreamWriter(output, leaveOpen: true);
        MarkdownReport.Write(comparison, writer);
    }
}
