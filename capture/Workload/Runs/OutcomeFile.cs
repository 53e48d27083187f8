using System.IO.MemoryMappedFiles;

namespace Replay.Workload;

/// <summary>The outcomes file, mapped for writing in place. Its disk space is reserved when it is made, so writing cannot fail later.</summary>
internal sealed unsafe class OutcomeFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly long _count;
    private long _sealedPages;

    private OutcomeFile(MemoryMappedFile map, long count)
    {
        _map = map;
        _count = count;
        _view = map.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public static OutcomeFile Create(string folder, Guid run, long count)
    {
        var path = Path.Combine(folder, OutcomePages.FileName);
        var bytes = OutcomePages.FileBytes(count);
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, PrivateFiles.NewFile(FileAccess.ReadWrite, bytes));
            stream.SetLength(bytes);
            var head = new byte[OutcomePages.PageBytes];
            OutcomePages.WriteHead(head, RunManifest.CurrentFormatVersion, count, run);
            stream.Write(head);
            stream.Flush();
            return new OutcomeFile(MemoryMappedFile.CreateFromFile(stream, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false), count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            var free = new DriveInfo(folder).AvailableFreeSpace;
            throw free >= bytes
                ? PrivateFiles.CannotWrite(path, e)
                : new WorkloadException(
                    $"cannot write {path}: no space left on the device, the outcomes of {count:N0} exchanges take {bytes >> 10:N0} KiB and {free >> 10:N0} are free (free some, or choose another folder)", e);
        }
    }

    /// <summary>Opens the file of a run that was broken off, to be written on: pages are no longer sealed. A <see cref="WorkloadException"/> if it is of another run, or damaged.</summary>
    public static OutcomeFile Reopen(string folder, Guid run, long count)
    {
        var path = Path.Combine(folder, OutcomePages.FileName);
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var head = new byte[OutcomePages.PageBytes];
            var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (!OutcomePages.TryReadHead(head.AsSpan(0, read), out _, out var outcomes, out var owner) || owner != run || outcomes != count || stream.Length != OutcomePages.FileBytes(count))
            {
                stream.Dispose();
                throw new WorkloadException($"{path} is of another run or workload, or cut off: copy it anew from where it came");
            }

            var file = new OutcomeFile(MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false), count);
            file.Unseal(path);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PrivateFiles.CannotWrite(path, e);
        }
    }

    public void Set(long position, in RunOutcome outcome)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)position, (ulong)_count, nameof(position));
        var place = (RunOutcome*)(_start + OutcomePages.Offset(position));

        // The status last: a process killed between the two leaves an exchange that was not reached.
        var unfinished = outcome;
        unfinished.Status = RunStatus.NotReached;
        *place = unfinished;
        Volatile.Write(ref *(byte*)&place->Status, (byte)outcome.Status);
    }

    public RunOutcome Get(long position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)position, (ulong)_count, nameof(position));
        return *(RunOutcome*)(_start + OutcomePages.Offset(position));
    }

    /// <summary>Writes the checksums of all pages whose outcomes lie below a position.</summary>
    public void Seal(long below)
    {
        var pages = below >= _count ? OutcomePages.Pages(_count) : below / OutcomePages.PerPage;
        for (; _sealedPages < pages; _sealedPages++)
        {
            OutcomePages.Seal(new Span<byte>(_start + OutcomePages.PageOffset(_sealedPages), OutcomePages.PageBytes), _sealedPages);
        }
    }

    public void SealAll()
    {
        Seal(_count);
        _view.Flush();
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private void Unseal(string path)
    {
        for (var number = 0L; number < OutcomePages.Pages(_count); number++)
        {
            var page = new Span<byte>(_start + OutcomePages.PageOffset(number), OutcomePages.PageBytes);
            if (!OutcomePages.IsGood(page, number, sealRequired: false))
            {
                Dispose();
                throw new WorkloadException($"{path} is damaged: page {number:N0} fails its checksum; copy it anew from where it came");
            }

            OutcomePages.Unseal(page);
        }
    }
}
