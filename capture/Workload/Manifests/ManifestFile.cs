using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Replay.Workload;

/// <summary>The manifest file of a folder, and the plain words for what can be wrong with one.</summary>
internal static class ManifestFile
{
    public const string Workload = "manifest.json";
    public const string Run = "run.json";

    // A manifest holds counters and names, no traffic.
    private const int MaxBytes = 64 << 20;

    public static void Write<T>(string folder, string name, T manifest, JsonTypeInfo<T> type) =>
        PrivateFiles.Replace(Path.Combine(folder, name), JsonSerializer.SerializeToUtf8Bytes(manifest, type));

    /// <summary>Reads a manifest; <paramref name="what"/> is <c>workload</c> or <c>run</c>.</summary>
    public static T Read<T>(string folder, string name, string what, int maxFormatVersion, JsonTypeInfo<T> type)
    {
        var path = Path.Combine(folder, name);
        var bytes = ReadBytes(folder, path, what);
        try
        {
            var format = JsonSerializer.Deserialize(bytes, WorkloadJson.Default.FormatProbe)?.FormatVersion ?? 0;
            if (format < 1)
            {
                throw new WorkloadException($"{path} is not the manifest of a {what}: it has no format version");
            }

            if (format > maxFormatVersion)
            {
                throw new WorkloadException($"{folder} has format {format}, this program reads up to {maxFormatVersion}: use a newer version of the program");
            }

            return JsonSerializer.Deserialize(bytes, type) ?? throw new WorkloadException($"{path} is damaged: it is empty; copy it anew from where it came");
        }
        catch (JsonException e)
        {
            throw new WorkloadException($"{path} is damaged ({e.Message.Split('\n')[0]}): copy it anew from where it came", e);
        }
    }

    private static byte[] ReadBytes(string folder, string path, string what)
    {
        try
        {
            if (File.Exists(folder))
            {
                throw new WorkloadException($"{folder} is a file, not a {what}: give the name of a folder that was made by this program");
            }

            if (!Directory.Exists(folder))
            {
                throw new WorkloadException($"{folder} is not there, or may not be entered: check the name and its permissions");
            }

            // Enumerating tells a folder that may not be read from one without a manifest.
            if (!Directory.EnumerateFiles(folder).Any(f => Path.GetFileName(f) == Path.GetFileName(path)))
            {
                throw new WorkloadException($"{folder} is not a {what}: it has no {Path.GetFileName(path)}");
            }

            return new FileInfo(path).Length <= MaxBytes
                ? File.ReadAllBytes(path)
                : throw new WorkloadException($"{path} is not the manifest of a {what}: it is over {MaxBytes >> 20} MiB");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PrivateFiles.CannotRead(path, e);
        }
    }
}
