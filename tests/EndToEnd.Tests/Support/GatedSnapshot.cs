using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>The vendor's dump program, which waits until the test lets it: so that it is known what was before the snapshot and what after.</summary>
internal sealed class GatedSnapshot
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private readonly string _gate;

    private GatedSnapshot(string tools, string[] options) => (_gate, DoneFile, Options) = (Path.Combine(tools, "gate"), Path.Combine(tools, "done"), options);

    /// <summary>Is there once it has been taken.</summary>
    public string DoneFile { get; }

    /// <summary>Options for <see cref="LiveCapture"/>.</summary>
    public string[] Options { get; }

    /// <summary>Makes it, in a folder of its own under <paramref name="folder"/>; <paramref name="fromTheStart"/>: nothing is done before the test lets it, not even what comes before the dump; <paramref name="url"/>: another one than the database's.</summary>
    public static async Task<GatedSnapshot> CreateAsync(TestServer server, string database, TempFolder folder, bool fromTheStart = false, string? url = null)
    {
        var tool = VendorTools.SnapshotTool(server.Kind);
        var programs = (await VendorTools.PathAsync(server.Kind)).Split(':')[0];
        var tools = Directory.CreateDirectory(folder.File("tools")).FullName;
        foreach (var program in Directory.EnumerateFiles(programs))
        {
            File.CreateSymbolicLink(Path.Combine(tools, Path.GetFileName(program)), program);
        }

        // It is asked for its version too, which need not wait. It keeps its process: its sessions are known by that.
        await WriteScriptAsync(Path.Combine(tools, tool), $"""
            #!/bin/sh
            case "$*" in
              {(fromTheStart ? "--never" : "*--version*")}) ;;
              *)
                until [ -e '{tools}/gate' ]; do sleep 0.02; done
                (while kill -0 $$; do sleep 0.02; done; touch '{tools}/done') >/dev/null 2>&1 </dev/null &
                ;;
            esac
            exec '{programs}/{tool}' "$@"

            """);
        if (server.Kind.IsPostgres)
        {
            // What pg_dump shall see is decided in a session of psql before it.
            await WriteScriptAsync(Path.Combine(tools, "psql"), $"""
                #!/bin/sh
                until [ -e '{tools}/gate' ]; do sleep 0.02; done
                exec '{programs}/psql' "$@"

                """);
        }

        return new GatedSnapshot(tools, ["--snapshot", tool, "--snapshot-tools", tools, "--snapshot-url", url ?? server.Url(database)]);
    }

    /// <summary>Lets it begin.</summary>
    public Task OpenAsync() => File.WriteAllTextAsync(_gate, "");

    /// <summary>Has it taken, and waits until it is.</summary>
    public async Task TakeAsync()
    {
        await OpenAsync();
        for (var since = DateTime.UtcNow; !File.Exists(DoneFile);)
        {
            Assert.True(DateTime.UtcNow - since < Within, "the snapshot was not taken");
            await Task.Delay(20);
        }
    }

    private static async Task WriteScriptAsync(string path, string text)
    {
        File.Delete(path);
        await File.WriteAllTextAsync(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
