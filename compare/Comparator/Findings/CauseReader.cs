using System.Text.Json;

namespace Replay.Comparator;

/// <summary>Leads an exchange that went otherwise back to its root, by what each run has stored. Runs without causes are passed over.</summary>
internal sealed class CauseReader
{
    /// <summary>The document that a run leaves.</summary>
    public const string Document = "causes.json";

    // Longer than any chain can be: the document has at most so many links.
    private const int MaxSteps = 200_000;

    private readonly List<RunCauses> _runs = [];

    public CauseReader(IEnumerable<ComparedRun> runs, List<string> warnings)
    {
        // The candidate's first: what is asked for is mostly its errors.
        foreach (var run in runs.OrderByDescending(run => run.IsCandidate))
        {
            if (run.ReadDocument(Document) is not { } json)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(json);
                _runs.Add(RunCauses.Read(run.Label, document.RootElement));
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
            {
                warnings.Add($"{run.Label}: {Document} could not be read and is left out ({exception.Message})");
            }
        }
    }

    /// <summary>The root of what went otherwise at a position; null if no run tells.</summary>
    public RootCause? Find(long position)
    {
        foreach (var run in _runs)
        {
            if (run.Find(position) is { } cause)
            {
                return cause;
            }
        }

        return null;
    }

    private sealed class RunCauses
    {
        private readonly Dictionary<long, long> _links = [];
        private readonly Dictionary<long, RootCause> _roots = [];

        public static RunCauses Read(string label, JsonElement root)
        {
            var causes = new RunCauses();
            foreach (var link in root.GetProperty("links").EnumerateArray())
            {
                causes._links[link[0].GetInt64()] = link[1].GetInt64();
            }

            foreach (var cause in root.GetProperty("causes").EnumerateArray())
            {
                // Pairs have no position, so no chain ends at one.
                if (cause.GetProperty("position") is { ValueKind: JsonValueKind.Number } at)
                {
                    var position = at.GetInt64();
                    causes._roots[position] = new RootCause(
                        label, cause.GetProperty("kind").GetString() ?? "", position, cause.GetProperty("session").GetInt32(), cause.GetProperty("ordinal").GetInt32(),
                        cause.GetProperty("sql").GetString(), cause.GetProperty("consequences").GetInt64(), IsItself: false);
                }
            }

            return causes;
        }

        public RootCause? Find(long position)
        {
            var at = position;
            for (var step = 0; step < MaxSteps && _links.TryGetValue(at, out var before); step++)
            {
                at = before;
            }

            return _roots.TryGetValue(at, out var root) ? root with { IsItself = at == position } : null;
        }
    }
}
