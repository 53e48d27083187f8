using System.Text.Encodings.Web;
using System.Text.Json;
using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary><c>info --format json</c>: the same for programs, one object.</summary>
internal static class InfoJson
{
    public static void Write(Stream output, WorkloadReader reader, WorkloadSummary summary, int shapes)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var manifest = reader.Manifest;
        json.WriteStartObject();
        json.WriteString("id", manifest.Id);
        json.WriteNumber("format_version", manifest.FormatVersion);
        json.WriteString("tool_version", manifest.ToolVersion);
        json.WriteString("source", manifest.Source);
        json.WriteBoolean("finished", manifest.CompletedAt is not null);
        json.WriteString("torn_tail", reader.TornTail);
        json.WriteString("first_at", summary.FirstAtMicroseconds is { } first ? WireText.Time(first) : null);
        json.WriteString("last_at", summary.FirstAtMicroseconds is null ? null : WireText.Time(summary.LastAtMicroseconds));
        json.WriteNumber("bytes", manifest.Contents.Bytes);
        json.WriteNumber("bytes_per_exchange", summary.Exchanges == 0 ? 0 : Math.Round((double)manifest.Contents.Bytes / summary.Exchanges, 2));
        Servers(json, manifest);
        Completeness(json, manifest.Counters);
        Sessions(json, summary.Sessions);
        Exchanges(json, summary);
        Shapes(json, summary, shapes);
        Snapshot(json, manifest.Snapshot);
        Strings(json, "warnings", manifest.Warnings);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void Servers(Utf8JsonWriter json, WorkloadManifest manifest)
    {
        json.WriteStartArray("servers");
        foreach (var server in manifest.Servers)
        {
            json.WriteStartObject();
            json.WriteString("engine", WireText.Name(server.Engine));
            json.WriteString("address", server.Address);
            json.WriteString("version", server.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Completeness(Utf8JsonWriter json, CaptureCounters counters)
    {
        var complete = Recording.Completeness.From(counters);
        json.WriteStartObject("completeness");
        json.WriteNumber("percent", Math.Floor(complete.Share * 1e6) / 1e4);
        json.WriteString("least", complete.Of);
        json.WriteEndObject();
        json.WriteStartObject("counters");
        json.WriteNumber("seen", counters.PacketsSeen);
        json.WriteNumber("decoded", counters.PacketsDecoded);
        json.WriteNumber("ignored", counters.PacketsIgnored.Values.Sum());
        json.WriteNumber("dropped", counters.PacketsDroppedByKernel + counters.PacketsDroppedByAgent);
        Counts(json, "ignored_by_reason", counters.PacketsIgnored);
        json.WriteNumber("dropped_by_kernel", counters.PacketsDroppedByKernel);
        json.WriteNumber("dropped_by_agent", counters.PacketsDroppedByAgent);
        json.WriteNumber("bytes", counters.BytesSeen);
        json.WriteNumber("gap_bytes", counters.GapBytes);
        json.WriteNumber("exchanges_dropped", counters.ExchangesDropped);
        Counts(json, "faults", counters.Faults);
        json.WriteEndObject();
        json.WriteNumber("gaps", counters.Gaps);
    }

    private static void Sessions(Utf8JsonWriter json, SessionTotals sessions)
    {
        json.WriteNumber("sessions", sessions.Count);
        json.WriteStartObject("session_facts");
        json.WriteNumber("from_start", sessions.FromStart);
        json.WriteNumber("joined_later", sessions.Count - sessions.FromStart);
        json.WriteNumber("encrypted", sessions.Encrypted);
        json.WriteNumber("refused", sessions.Refused);
        Counts(json, "refused_by_code", sessions.RefusedByCode);
        json.WriteNumber("undecodable", sessions.Undecodable);
        json.WriteNumber("user_unknown", sessions.UserUnknown);
        json.WriteNumber("snapshot_tool", sessions.SnapshotTool);
        json.WriteNumber("replication", sessions.Replication);
        json.WriteEndObject();
    }

    private static void Exchanges(Utf8JsonWriter json, WorkloadSummary summary)
    {
        json.WriteNumber("exchanges", summary.Exchanges);
        json.WriteNumber("exchanges_incomplete", summary.Incomplete);
        Counts(json, "commands", summary.Commands.GroupBy(command => command.Name, (name, group) => KeyValuePair.Create(name, group.Sum(command => command.Count))));
        json.WriteStartArray("by_command");
        foreach (var command in summary.Commands)
        {
            json.WriteStartObject();
            json.WriteString("engine", WireText.Name(command.Engine));
            json.WriteString("command", command.Name);
            Totals(json, command);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Counts(json, "errors_by_code", summary.Errors);
        if (summary.Busiest() is { } busiest)
        {
            json.WriteStartObject("busiest");
            json.WriteString("start", WireText.Time(busiest.StartMicroseconds));
            json.WriteNumber("minutes", busiest.Minutes);
            json.WriteNumber("exchanges", busiest.Exchanges);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("busiest");
        }
    }

    private static void Shapes(Utf8JsonWriter json, WorkloadSummary summary, int shapes)
    {
        json.WriteNumber("shapes", summary.Shapes.Count);
        json.WriteStartArray("top_shapes");
        foreach (var shape in summary.Shapes.Where(s => s.Count > 0).OrderByDescending(s => s.TotalMicroseconds).ThenByDescending(s => s.Count).Take(shapes))
        {
            json.WriteStartObject();
            json.WriteString("shape", shape.Shape.Hex);
            json.WriteString("engine", WireText.Name(shape.Shape.Engine));
            json.WriteString("class", shape.Shape.Class);
            Totals(json, shape);
            json.WriteString("sql", shape.Shape.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Snapshot(Utf8JsonWriter json, SnapshotInfo? snapshot)
    {
        if (snapshot is null)
        {
            json.WriteNull("snapshot");
            return;
        }

        json.WriteStartObject("snapshot");
        json.WriteString("tool", snapshot.Tool);
        json.WriteString("tool_version", snapshot.ToolVersion);
        json.WriteString("server_version", snapshot.ServerVersion);
        json.WriteString("cut_earliest", WireText.Time(snapshot.CutEarliestMicroseconds));
        json.WriteString("cut_latest", WireText.Time(snapshot.CutLatestMicroseconds));
        json.WriteStartArray("databases");
        foreach (var database in snapshot.Databases)
        {
            json.WriteStartObject();
            json.WriteString("name", database.Name);
            json.WriteString("file", database.File);
            json.WriteString("cut_earliest", WireText.Time(database.CutEarliestMicroseconds));
            json.WriteString("cut_latest", WireText.Time(database.CutLatestMicroseconds));
            json.WriteString("snapshot", database.SnapshotText);
            json.WriteString("wal_position", database.WalPosition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Strings(json, "roles", snapshot.Roles);
        Strings(json, "open_transactions_left", snapshot.OpenTransactionsLeft);
        Strings(json, "warnings", snapshot.Warnings);
        json.WriteEndObject();
    }

    private static void Totals(Utf8JsonWriter json, ExchangeTotals totals)
    {
        json.WriteNumber("count", totals.Count);
        json.WriteNumber("errors", totals.Errors);
        json.WriteNumber("rows", totals.Rows);
        json.WriteNumber("timed", totals.Timed);
        json.WriteNumber("total_ms", totals.TotalMicroseconds / 1000.0);
        json.WriteNumber("mean_us", Math.Round(totals.MeanMicroseconds, 1));
        json.WriteNumber("max_us", totals.MaxMicroseconds);
    }

    private static void Counts(Utf8JsonWriter json, string key, IEnumerable<KeyValuePair<string, long>> counts)
    {
        json.WriteStartObject(key);
        foreach (var (name, count) in counts)
        {
            json.WriteNumber(name, count);
        }

        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string key, IEnumerable<string> lines)
    {
        json.WriteStartArray(key);
        foreach (var line in lines)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
    }
}
