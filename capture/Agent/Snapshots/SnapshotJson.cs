using System.Text.Encodings.Web;
using System.Text.Json;

namespace Replay.Agent.Snapshots;

/// <summary>How the files beside a snapshot's data are written.</summary>
internal static class SnapshotJson
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
