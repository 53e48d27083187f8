namespace Replay.Workload;

/// <summary>Folders and files that only their owner may enter, and I/O errors as lines for the user.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder (0700); one that is there must hold nothing but <paramref name="allowed"/>, and its mode is tightened.</summary>
    public static void MakeFolder(string folder, string? allowed = null)
    {
        try
        {
            if (File.Exists(folder))
            {
                throw new WorkloadException($"{folder} is a file: give the name of a folder that is not there yet");
            }

            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder, FolderMode);
            }
            else if (Directory.EnumerateFileSystemEntries(folder).Any(e => Path.GetFileName(e) != allowed))
            {
                throw new WorkloadException($"{folder} is not empty: give the name of a folder that is not there yet, or remove what is in it");
            }

            File.SetUnixFileMode(folder, FolderMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkloadException($"cannot make the folder {folder}: {Cause(e)}", e);
        }
    }

    /// <summary>Options for a new file (0600).</summary>
    public static FileStreamOptions NewFile(FileAccess access = FileAccess.Write, long preallocatedBytes = 0) => new()
    {
        Mode = System.IO.FileMode.CreateNew,
        Access = access,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = FileMode,
        PreallocationSize = preallocatedBytes,
    };

    /// <summary>Replaces a file (0600) in one step: a reader sees the old one or the new one, whole.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var fresh = path + ".new";
        try
        {
            File.Delete(fresh);
            using (var file = new FileStream(fresh, NewFile()))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    public static WorkloadException CannotWrite(string path, Exception e) =>
        new($"cannot write {path}: {Cause(e)}; what was written before stays readable", e);

    public static WorkloadException CannotRead(string path, Exception e) => new($"cannot read {path}: {Cause(e)}", e);

    /// <summary>The operating system's words without .NET's repetition of the path.</summary>
    private static string Cause(Exception e) => e switch
    {
        UnauthorizedAccessException => "permission denied (run as the user who owns it)",
        IOException io when IsDiskFull(io) => "no space left on the device (free some, or choose another folder)",
        FileNotFoundException or DirectoryNotFoundException => "it is not there",
        _ => e.Message,
    };

    // .NET hands the errno out as HResult: ENOSPC is 28, EDQUOT 122; preallocation has an HResult of its own.
    private static bool IsDiskFull(IOException e) => (e.HResult & 0xFFFF) is 28 or 122 or 0x70;
}
