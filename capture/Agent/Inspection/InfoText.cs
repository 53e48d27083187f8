using System.Globalization;
using System.Text;
using Replay.Agent.Recording;
using Replay.Workload;
using static Replay.Agent.Inspection.CounterText;

namespace Replay.Agent.Inspection;

/// <summary><c>info</c> for people.</summary>
internal static class InfoText
{
    private const int ShapeCharacters = 100;

    public static string Make(WorkloadReader reader, WorkloadSummary summary, int shapes)
    {
        var manifest = reader.Manifest;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(reader.Folder.TrimEnd('/'))}: {manifest.Source}, by dbcapture {manifest.ToolVersion}");
        Line(text, "recorded", summary.FirstAtMicroseconds is { } first
            ? $"{WireText.Time(first)} to {WireText.Time(summary.LastAtMicroseconds)} ({TimeSpan.FromMicroseconds(summary.LastAtMicroseconds - first):c})"
            : "no exchange");
        if (manifest.CompletedAt is null)
        {
            Line(text, "state", "the capture still runs, or was cut off: what was flushed is here; the sums of packets are not");
        }

        if (reader.TornTail is { } torn)
        {
            Line(text, "tail", torn);
        }

        foreach (var server in manifest.Servers)
        {
            Line(text, "server", $"{WireText.Name(server.Engine)} {server.Address}{(server.Version is null ? "" : $", {server.Version}")}");
        }

        Size(text, manifest, summary);
        text.AppendLine();
        Complete(text, manifest, summary);
        Sessions(text, summary.Sessions);
        Tables(text, summary, shapes);
        Snapshot(text, manifest.Snapshot);
        foreach (var warning in manifest.Warnings)
        {
            Line(text, "warning", warning);
        }

        return text.ToString();
    }

    private static void Size(StringBuilder text, WorkloadManifest manifest, WorkloadSummary summary)
    {
        var bytes = manifest.Contents.Bytes;
        if (bytes > 0)
        {
            Line(text, "size", string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB; {(double)bytes / Math.Max(1, summary.Exchanges):0.0} bytes an exchange"));
        }

        if (summary.Busiest() is { } busiest)
        {
            Line(text, busiest.Minutes == 60 ? "busiest hour" : "busiest minute", string.Create(
                CultureInfo.InvariantCulture, $"{WireText.Time(busiest.StartMicroseconds)[..16]}Z, {busiest.Exchanges:N0} exchanges ({busiest.Exchanges / (60.0 * busiest.Minutes):N1} a second)"));
        }
    }

    private static void Complete(StringBuilder text, WorkloadManifest manifest, WorkloadSummary summary)
    {
        if (manifest.CompletedAt is null)
        {
            Line(text, "exchanges", $"{N(summary.Exchanges)}, of which {N(summary.Incomplete)} with a part missing");
            return;
        }

        Line(text, "complete", Completeness.From(manifest.Counters).ToString());
        foreach (var line in Lines(manifest.Counters))
        {
            text.AppendLine("  " + line);
        }
    }

    private static void Sessions(StringBuilder text, SessionTotals sessions)
    {
        Line(text, "sessions", $"{N(sessions.Count)}: {N(sessions.FromStart)} from their start, {N(sessions.Count - sessions.FromStart)} joined later, {N(sessions.Encrypted)} encrypted, "
            + $"{N(sessions.Refused)} refused{(sessions.Refused == 0 ? "" : $" ({string.Join(", ", sessions.RefusedByCode.Select(code => $"{code.Key} {N(code.Value)}"))})")}, "
            + $"{N(sessions.Undecodable)} undecodable, {N(sessions.UserUnknown)} whose user is not known, {N(sessions.SnapshotTool)} of the snapshot tool, {N(sessions.Replication)} of replicas");
    }

    private static void Tables(StringBuilder text, WorkloadSummary summary, int shapes)
    {
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{"command",-24}{"exchanges",12}{"errors",10}{"rows",14}{"mean ms",12}");
        foreach (var command in summary.Commands)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{WireText.Name(command.Engine) + " " + command.Name,-24}{command.Count,12:N0}{command.Errors,10:N0}{command.Rows,14:N0}{command.MeanMicroseconds / 1000,12:N3}");
        }

        if (summary.Errors.Any())
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{"error",-24}{"exchanges",12}");
            foreach (var (code, count) in summary.Errors)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{code,-24}{count,12:N0}");
            }
        }

        var top = summary.Shapes.Where(shape => shape.Count > 0).OrderByDescending(shape => shape.TotalMicroseconds).ThenByDescending(shape => shape.Count).ToList();
        var total = Math.Max(1, top.Sum(shape => shape.TotalMicroseconds));
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{Math.Min(shapes, top.Count)} of {top.Count} shapes, by total time");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"shape",-34}{"share",7}{"executions",12}{"errors",8}{"mean ms",11}{"max ms",11}  statement");
        foreach (var shape in top.Take(shapes))
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{shape.Shape.Hex,-34}{100.0 * shape.TotalMicroseconds / total,6:0.0}%{shape.Count,12:N0}{shape.Errors,8:N0}{shape.MeanMicroseconds / 1000,11:N3}{shape.MaxMicroseconds / 1000.0,11:N3}  {Short(shape.Shape.Text)}");
        }
    }

    private static void Snapshot(StringBuilder text, SnapshotInfo? snapshot)
    {
        text.AppendLine();
        if (snapshot is null)
        {
            Line(text, "snapshot", "none");
            return;
        }

        Line(text, "snapshot", $"{snapshot.Tool} ({snapshot.ToolVersion}) of {ServerVersion.Of(Engine.Unknown, snapshot.ServerVersion)}");
        Line(text, "cut", $"between {WireText.Time(snapshot.CutEarliestMicroseconds)} and {WireText.Time(snapshot.CutLatestMicroseconds)} ({(snapshot.CutLatestMicroseconds - snapshot.CutEarliestMicroseconds) / 1000.0:N3} ms)");
        foreach (var database in snapshot.Databases)
        {
            Line(text, "", $"{database.Name}: {database.File}{(database.SnapshotText is null ? "" : $", snapshot {database.SnapshotText}")}{(database.WalPosition is null ? "" : $", WAL {database.WalPosition}")}");
        }

        foreach (var left in snapshot.OpenTransactionsLeft)
        {
            Line(text, "still open", left);
        }

        foreach (var warning in snapshot.Warnings)
        {
            Line(text, "warning", warning);
        }
    }

    private static void Line(StringBuilder text, string name, string value) => text.AppendLine(CultureInfo.InvariantCulture, $"{name,-15} {value}");

    private static string Short(string text) => text.Length <= ShapeCharacters ? text : text[..ShapeCharacters] + "...";
}
