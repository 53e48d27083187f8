namespace Replay.Benchmarks.Ratios;

/// <summary>A table on the terminal that is Markdown at the same time.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(TextWriter to)
    {
        var widths = header.Select((_, i) => _rows.Max(r => r[i].Length)).ToArray();
        for (var i = 0; i < _rows.Count; i++)
        {
            to.WriteLine("| " + string.Join(" | ", _rows[i].Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))) + " |");
            if (i == 0)
            {
                to.WriteLine("|" + string.Join("|", widths.Select((w, c) => c == 0 ? new string('-', w + 2) : new string('-', w + 1) + ":")) + "|");
            }
        }
    }
}
