using System.Text.Json;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Compares what the runs have stored of each shape's responses beside their rows (<c>responses.json</c>). Runs without it are passed over.</summary>
internal sealed class ResponseReader
{
    /// <summary>The document that a run leaves.</summary>
    public const string Document = "responses.json";

    private readonly Side _baseline = new();
    private readonly Side _candidate = new();
    private readonly Engine _engine;

    public ResponseReader(IReadOnlyList<ComparedRun> runs, List<string> warnings)
    {
        _engine = runs[0].Manifest.Engine;
        foreach (var run in runs)
        {
            if (run.ReadDocument(Document) is not { } json)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(json);
                (run.IsCandidate ? _candidate : _baseline).Read(document.RootElement);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                warnings.Add($"{run.Label}: {Document} could not be read and is left out ({exception.Message})");
            }
        }
    }

    /// <summary>How a shape's responses differ.</summary>
    public ResponseDifference Find(string hex)
    {
        if (_baseline.Runs == 0 || _candidate.Runs == 0)
        {
            return ResponseDifference.None;
        }

        var columns = new List<string>();
        if (_baseline.Columns.TryGetValue(hex, out var old) && _candidate.Columns.TryGetValue(hex, out var @new))
        {
            if (old.Length != @new.Length)
            {
                columns.Add($"{Sentences.Count(old.Length, "column")} became {@new.Length:N0}");
            }
            else
            {
                columns.AddRange(old.Zip(@new).Select(two => ColumnTypes.Difference(_engine, two.First, two.Second)).OfType<string>());
            }
        }

        return new ResponseDifference(columns, _baseline.WarningsOf(hex), _candidate.WarningsOf(hex));
    }

    private sealed class Side
    {
        private readonly Dictionary<string, long> _warnings = new(StringComparer.Ordinal);

        public int Runs { get; private set; }

        /// <summary>The most frequent column list of each shape, in the first run that has one.</summary>
        public Dictionary<string, Column[]> Columns { get; } = new(StringComparer.Ordinal);

        public double WarningsOf(string hex) => (double)_warnings.GetValueOrDefault(hex) / Runs;

        public void Read(JsonElement root)
        {
            foreach (var shape in root.GetProperty("shapes").EnumerateArray())
            {
                var hex = shape.GetProperty("shape").GetString()!;
                _warnings[hex] = _warnings.GetValueOrDefault(hex) + shape.GetProperty("warnings").GetInt64();
                var lists = shape.GetProperty("columns");
                if (lists.GetArrayLength() > 0)
                {
                    Columns.TryAdd(hex, [.. lists.EnumerateArray().MaxBy(list => list.GetProperty("count").GetInt64()).GetProperty("list").EnumerateArray().Select(ReadColumn)]);
                }
            }

            Runs++;
        }

        private static Column ReadColumn(JsonElement column) =>
            new(column.GetProperty("name").GetString() ?? "", column.GetProperty("type").GetUInt32(), column.GetProperty("modifier").GetInt32(), IsBinary: false);
    }
}
