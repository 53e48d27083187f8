using System.Formats.Tar;
using System.IO.Compression;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Lays a physical snapshot (pg_basebackup, mariadb-backup) into an empty folder, from which a server can be started.</summary>
public static class PhysicalCopy
{
    /// <summary>Whether a snapshot is a copy of the server's files.</summary>
    public static bool IsPhysical(SnapshotInfo snapshot) => snapshot.Tool is "pg_basebackup" or "mariadb-backup" or "mariabackup";

    /// <summary>Copies it; a <see cref="CommandException"/> if the folder is not empty or the snapshot is no physical one.</summary>
    public static async Task LayAsync(WorkloadReader reader, SnapshotInfo snapshot, string directory, Progress progress, CancellationToken cancellation)
    {
        if (!IsPhysical(snapshot))
        {
            throw new CommandException($"the snapshot was taken by {snapshot.Tool}, which copies no files; restore it to a server by --target URL");
        }

        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new CommandException($"{directory} is not empty; give an empty folder");
        }

        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var from = Path.GetFullPath(Path.Combine(reader.SnapshotFolder, snapshot.Databases.Count > 0 ? snapshot.Databases[0].File : "."));
        progress.Say($"copying {from} to {directory}");
        if (File.Exists(from))
        {
            await UnpackAsync(from, directory, cancellation);
        }
        else if (File.Exists(Path.Combine(from, "base.tar")) || File.Exists(Path.Combine(from, "base.tar.gz")))
        {
            await UnpackBackupAsync(from, directory, cancellation);
        }
        else if (Directory.Exists(from))
        {
            CopyFolder(from, directory, cancellation);
        }
        else
        {
            throw new CommandException($"the snapshot is not at {from}; copy it there");
        }

        progress.Say($"start a server on {directory}; then run with --force source, as a copy of files bears no mark of consent");
    }

    private static async Task UnpackBackupAsync(string from, string directory, CancellationToken cancellation)
    {
        foreach (var name in (string[])["base.tar", "base.tar.gz"])
        {
            if (File.Exists(Path.Combine(from, name)))
            {
                await UnpackAsync(Path.Combine(from, name), directory, cancellation);
            }
        }

        foreach (var name in (string[])["pg_wal.tar", "pg_wal.tar.gz"])
        {
            if (File.Exists(Path.Combine(from, name)))
            {
                await UnpackAsync(Path.Combine(from, name), Path.Combine(directory, "pg_wal"), cancellation);
            }
        }
    }

    private static async Task UnpackAsync(string archive, string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        await using var file = File.OpenRead(archive);
        if (archive.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) || archive.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase))
        {
            await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(unzipped, directory, overwriteFiles: false, cancellation);
            return;
        }

        await TarFile.ExtractToDirectoryAsync(file, directory, overwriteFiles: false, cancellation);
    }

    private static void CopyFolder(string from, string to, CancellationToken cancellation)
    {
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
            }
            else if (entry is DirectoryInfo)
            {
                Directory.CreateDirectory(target, entry.UnixFileMode);
                CopyFolder(entry.FullName, target, cancellation);
            }
            else
            {
                File.Copy(entry.FullName, target);
            }
        }
    }
}
