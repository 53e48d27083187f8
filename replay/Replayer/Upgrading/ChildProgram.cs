using System.Diagnostics;

namespace Replay.Replayer;

/// <summary>Programs of this project that an upgrade starts; their words go where ours go.</summary>
internal static class ChildProgram
{
    /// <summary>How this program is started.</summary>
    public static (string Program, string[] First) Self()
    {
        var path = Environment.ProcessPath ?? throw new CommandException("this program does not know its own path");
        return Path.GetFileNameWithoutExtension(path) == "dotnet" ? (path, [typeof(ChildProgram).Assembly.Location]) : (path, []);
    }

    /// <summary>Runs one to its end; its exit status, or <see cref="ExitCode.Interrupted"/>.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What it finds in its environment besides ours; null is left out.</param>
    /// <param name="keepOutput">Takes its standard output, which is then not shown; null: it is shown.</param>
    /// <param name="cancellation">Asks it to end with what it has.</param>
    public static async Task<int> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment, Action<string>? keepOutput, CancellationToken cancellation)
    {
        var info = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = keepOutput is not null };
        foreach (var (name, value) in environment.Where(e => e.Value is not null))
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info) ?? throw new CommandException($"{program} could not be started");
        using var stop = cancellation.Register(static p => ProcessSignals.Interrupt((Process)p!), process);
        if (keepOutput is not null)
        {
            keepOutput(await process.StandardOutput.ReadToEndAsync(CancellationToken.None));
        }

        await process.WaitForExitAsync(CancellationToken.None);
        return cancellation.IsCancellationRequested ? ExitCode.Interrupted : process.ExitCode;
    }
}
