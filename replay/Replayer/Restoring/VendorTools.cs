using System.Diagnostics;

namespace Replay.Replayer;

/// <summary>Finds and runs other programs: the vendor's clients, and this project's own.</summary>
/// <param name="folders">Folders looked into before this program's own folder and PATH.</param>
public sealed class VendorTools(IReadOnlyList<string> folders)
{
    // The end of what a program says is what matters; more is not kept.
    private const int MaxErrorCharacters = 16 << 10;

    private static readonly string[] ProjectFolders = ["Agent", "Comparator"];

    /// <summary>The path of the first of <paramref name="names"/> that is found; a <see cref="CommandException"/> that says what to do if none is.</summary>
    public string Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (TryFind(name) is { } path)
            {
                return path;
            }
        }

        throw new CommandException($"{string.Join(" or ", names.ToArray())} was not found; install it, or name its folder by --tools DIR");
    }

    /// <summary>The path of a program; null if it is not found.</summary>
    public string? TryFind(string name)
    {
        var own = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        // Beside this program; in a build's output, bin/PROJECT/CONFIGURATION, in the other projects' folders and where the launchers are.
        var bin = Path.GetFullPath(Path.Combine(own, "..", ".."));
        string[] parents = [own, Path.Combine(bin, ".."), .. ProjectFolders.Select(p => Path.Combine(bin, p, Path.GetFileName(own)))];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(parents).Concat(path).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>
    /// Runs a program to its end. <paramref name="input"/> writes its standard input. A <see cref="CommandException"/> with the last of what it said if
    /// it fails; the program is killed if <paramref name="cancellation"/> comes.
    /// </summary>
    public static async Task RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Func<Stream, Task>? input,
        CancellationToken cancellation)
    {
        using var process = Start(program, arguments, environment, redirectInput: input is not null);
        using var kill = cancellation.Register(static p => Kill((Process)p!), process);
        var output = ReadTailAsync(process.StandardOutput);
        var error = ReadTailAsync(process.StandardError);
        if (input is not null)
        {
            try
            {
                await input(process.StandardInput.BaseStream);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading all: its exit status and words say why.
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        await output;
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new CommandException($"{Path.GetFileName(program)} failed with {process.ExitCode}: {LastLines(await error)}");
        }
    }

    /// <summary>Runs a program and hands its standard output to <paramref name="output"/>.</summary>
    public static async Task ReadAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Func<Stream, Task> output,
        CancellationToken cancellation)
    {
        using var process = Start(program, arguments, environment, redirectInput: false);
        using var kill = cancellation.Register(static p => Kill((Process)p!), process);
        var error = ReadTailAsync(process.StandardError);
        await output(process.StandardOutput.BaseStream);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new CommandException($"{Path.GetFileName(program)} failed with {process.ExitCode}: {LastLines(await error)}");
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, bool redirectInput)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        return Process.Start(info) ?? throw new CommandException($"{program} could not be started");
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static async Task<string> ReadTailAsync(StreamReader reader)
    {
        var tail = "";
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var read and > 0)
        {
            tail += new string(buffer, 0, read);
            tail = tail.Length > MaxErrorCharacters ? tail[^MaxErrorCharacters..] : tail;
        }

        return tail;
    }

    private static string LastLines(string text) =>
        string.Join(" / ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
}
