namespace Replay.Workload;

/// <summary>All segments of a folder, open for reading.</summary>
internal sealed class SegmentFolder : IDisposable
{
    private readonly List<SegmentFile> _files = [];

    private SegmentFolder()
    {
    }

    /// <summary>All blocks in order, of kinds that are known; kinds that are not and may be skipped are left out.</summary>
    public List<LocatedBlock> Blocks { get; } = [];

    /// <summary>What cannot be read and why, in one line; null if all can.</summary>
    public string? TornTail { get; private set; }

    /// <summary>Opens the segments of a folder. A missing one in their middle, or a block of a kind that must be known and is not, is a <see cref="WorkloadException"/>.</summary>
    public static SegmentFolder Open(string folder, SegmentContent content, int maxFormatVersion, Guid owner)
    {
        var segments = new SegmentFolder();
        try
        {
            segments.OpenAll(folder, content, maxFormatVersion, owner);
            return segments;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            segments.Dispose();
            throw PrivateFiles.CannotRead(folder, e);
        }
        catch (WorkloadException)
        {
            segments.Dispose();
            throw;
        }
    }

    /// <summary>Cuts torn ends off, so that segments can follow; returns how many segments there are.</summary>
    public static int CutTorn(string folder, SegmentContent content, int maxFormatVersion, Guid owner)
    {
        using var segments = Open(folder, content, maxFormatVersion, owner);
        foreach (var file in segments._files.Where(static file => file.TornBytes > 0))
        {
            try
            {
                using var handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                RandomAccess.SetLength(handle, file.Length - file.TornBytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw PrivateFiles.CannotWrite(file.Path, e);
            }
        }

        return segments._files.Count;
    }

    public SegmentFile this[in LocatedBlock block] => _files[block.Segment - 1];

    /// <summary>Loads a block; a <see cref="WorkloadException"/> names it if it is damaged.</summary>
    public void Load(BlockBuffer buffer, in LocatedBlock block) => buffer.Load(this[block], block);

    /// <summary>The error for a block whose checksum is right and whose inside is not.</summary>
    public WorkloadException Damaged(in LocatedBlock block) => BlockBuffer.Damaged(this[block], block);

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private static bool IsKnown(BlockKind kind) => kind is (>= BlockKind.Exchanges and <= BlockKind.Gaps) or (>= BlockKind.RunErrors and <= BlockKind.RunErrorCodes);

    private void OpenAll(string folder, SegmentContent content, int maxFormatVersion, Guid owner)
    {
        var count = Directory.EnumerateFiles(folder, SegmentFormat.Pattern).Count();
        for (var number = 1; number <= count; number++)
        {
            var path = Path.Combine(folder, SegmentFormat.FileName(number));
            if (!File.Exists(path))
            {
                throw new WorkloadException($"{path} is missing: copy it from where the folder came");
            }

            var file = SegmentFile.Open(path, number, content, maxFormatVersion, owner);
            _files.Add(file);
            if (file.DamagedAt > 0)
            {
                TornTail = $"{SegmentFormat.FileName(number)} is damaged at byte {file.DamagedAt:N0}: what was there is left out; copy it anew from where it came";
            }
            else if (file.TornBytes > 0)
            {
                TornTail = $"{SegmentFormat.FileName(number)} ends in the middle of a block, as it does when its writer was killed: "
                    + $"its last {file.TornBytes:N0} bytes of {file.Length:N0} are left out";
            }

            foreach (var block in file.Blocks)
            {
                if (IsKnown(block.Header.Kind))
                {
                    Blocks.Add(block);
                }
                else if (!block.Header.Skippable)
                {
                    throw new WorkloadException($"{path} holds blocks of kind {(byte)block.Header.Kind}, which this program does not know: use a newer version of the program");
                }
            }
        }
    }
}
