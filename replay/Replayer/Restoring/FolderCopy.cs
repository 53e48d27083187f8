using System.Formats.Tar;
using System.IO.Compression;

namespace Replay.Replayer;

/// <summary>Copies a snapshot's files: a folder, an archive, or the archives that pg_basebackup writes.</summary>
internal static class FolderCopy
{
    /// <summary>What holds the files of PostgreSQL's tablespaces, beside the data folder: links lead there.</summary>
    private const string TablespacesSuffix = ".tablespaces";

    /// <summary>Copies or unpacks it into an empty folder.</summary>
    public static async Task CopyAsync(string from, string directory, CancellationToken cancellation)
    {
        if (File.Exists(from))
        {
            await UnpackAsync(from, directory, cancellation);
        }
        else if (Find(from, "base") is { } archive)
        {
            await UnpackAsync(archive, directory, cancellation);
            if (Find(from, "pg_wal") is { } log)
            {
                await UnpackAsync(log, Path.Combine(directory, "pg_wal"), cancellation);
            }
        }
        else
        {
            Copy(from, directory, cancellation);
            CopyTablespaces(from, directory, cancellation);
        }
    }

    private static string? Find(string folder, string name) =>
        new[] { $"{name}.tar", $"{name}.tar.gz" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    // The links lead into the snapshot, wherever it lay when it was taken; it stays as it is, the server gets copies of its own.
    private static void CopyTablespaces(string from, string directory, CancellationToken cancellation)
    {
        var links = new DirectoryInfo(Path.Combine(directory, "pg_tblspc"));
        foreach (var link in links.Exists ? links.GetFileSystemInfos().Where(l => l.LinkTarget is not null).ToList() : [])
        {
            var target = Path.Combine(Path.GetFullPath(directory) + TablespacesSuffix, link.Name);
            Directory.CreateDirectory(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var moved = Path.Combine(Path.GetDirectoryName(from)!, "tablespaces", link.Name);
            Copy(Directory.Exists(moved) ? moved : link.LinkTarget!, target, cancellation);
            link.Delete();
            File.CreateSymbolicLink(link.FullName, target);
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

    private static void Copy(string from, string to, CancellationToken cancellation)
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
                Copy(entry.FullName, target, cancellation);
            }
            else
            {
                File.Copy(entry.FullName, target);
            }
        }
    }
}
