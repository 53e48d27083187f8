using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Replay.Comparator;

/// <summary>What was bound to prepared statements, which only the wire protocols tell: <c>dbcapture show</c> reads them, and is asked for single executions.</summary>
internal static class BoundParameters
{
    private const string Program = "dbcapture";

    /// <summary>Hands the parameters of executions to <paramref name="take"/>, NULL as null; null if they could be read, else why not. Executions without parameters are left out.</summary>
    /// <param name="workload">The workload's folder.</param>
    /// <param name="executions">Which ones.</param>
    /// <param name="take">Takes session, ordinal and parameters.</param>
    /// <param name="cancellation">Ends it.</param>
    public static string? Read(string workload, IEnumerable<(int Session, int Ordinal)> executions, Action<int, int, IReadOnlyList<string?>> take, CancellationToken cancellation)
    {
        if (ProjectProgram.TryFind(Program) is not { } program)
        {
            return $"{Program}, which reads them, is neither beside dbcompare nor on the PATH.";
        }

        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var info = new ProcessStartInfo(program, ["show", workload, "--format", "ndjson", "--exchanges", "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
        };
        try
        {
            using var process = Process.Start(info)!;
            using var kill = cancellation.Register(process.Kill);
            var words = process.StandardError.ReadToEndAsync(CancellationToken.None);
            Ask(process.StandardInput, executions);
            while (process.StandardOutput.ReadLine() is { } line)
            {
                TakeLine(line, take);
            }

            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return process.ExitCode == 0 ? null : $"{Program} ended with {process.ExitCode}: {words.GetAwaiter().GetResult().ReplaceLineEndings(" ").Trim()}";
        }
        catch (Exception e) when (e is Win32Exception or JsonException)
        {
            return $"{program} is not what it ought to be: {e.Message}";
        }
    }

    // It reads all of them before it writes anything.
    private static void Ask(StreamWriter input, IEnumerable<(int Session, int Ordinal)> executions)
    {
        try
        {
            using (input)
            {
                foreach (var (session, ordinal) in executions)
                {
                    input.Write(FormattableString.Invariant($"{session} {ordinal}\n"));
                }
            }
        }
        catch (IOException)
        {
            // It ended without reading all: its exit status and words say why.
        }
    }

    private static void TakeLine(string line, Action<int, int, IReadOnlyList<string?>> take)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        if (root.GetProperty("type").ValueEquals("exchange") && root.GetProperty("parameters") is { ValueKind: JsonValueKind.Array } parameters && parameters.GetArrayLength() > 0)
        {
            take(root.GetProperty("session").GetInt32(), root.GetProperty("ordinal").GetInt32(), [.. parameters.EnumerateArray().Select(parameter => parameter.GetString())]);
        }
    }
}
