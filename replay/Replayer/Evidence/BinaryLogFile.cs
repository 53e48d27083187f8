using System.Buffers.Binary;

namespace Replay.Replayer;

/// <summary>One file of a MySQL or MariaDB binary log, read event by event. Rows are skipped, so its size hardly matters.</summary>
internal sealed class BinaryLogFile : IDisposable
{
    private const int MaxBodyBytes = 1 << 16; // of longer ones only a text is cut off
    private const int BufferBytes = 1 << 16;
    private static readonly byte[] Magic = [0xFE, (byte)'b', (byte)'i', (byte)'n'];
    private static readonly byte[] EncryptedMagic = [0xFD, (byte)'b', (byte)'i', (byte)'n'];
    private static readonly uint[] CrcTable = MakeCrcTable();

    private readonly string _path;
    private readonly FileStream _file;
    private readonly byte[] _header = new byte[BinaryLogHeader.Size];
    private readonly byte[] _body = new byte[MaxBodyBytes];

    private BinaryLogFile(string path, FileStream file, uint createdAt)
    {
        _path = path;
        _file = file;
        CreatedAt = createdAt;
    }

    /// <summary>Its name, without folders.</summary>
    public string Name => Path.GetFileName(_path);

    /// <summary>The byte after what was read last.</summary>
    public long Position => _file.Position;

    /// <summary>When its first event was written, seconds since 1970 by the server's clock.</summary>
    public uint CreatedAt { get; }

    /// <summary>Opens one.</summary>
    /// <exception cref="CommandException">It cannot be read, is none, or is encrypted.</exception>
    public static BinaryLogFile Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the binary log {path} cannot be read: {e.Message}");
        }

        var start = new byte[Magic.Length + BinaryLogHeader.Size];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length == start.Length && start.AsSpan().StartsWith(Magic) && BinaryLogHeader.TryRead(start.AsSpan(Magic.Length), out var first) && first.Type == BinaryLogEventType.FormatDescription)
        {
            file.Position = Magic.Length;
            return new BinaryLogFile(path, file, first.Timestamp);
        }

        file.Dispose();
        throw new CommandException(start.AsSpan().StartsWith(EncryptedMagic)
            ? $"{path} is encrypted: fetch it with mysqlbinlog --read-from-remote-server --raw, which writes it in the clear"
            : $"{path} is no binary log of MySQL or MariaDB");
    }

    /// <summary>The next transaction; false at the end, also where a server is still writing.</summary>
    /// <exception cref="CommandException">The file is damaged or encrypted.</exception>
    public bool TryRead(BinaryLogTransactions transactions, out LoggedTransaction transaction)
    {
        transaction = default;
        while (_file.ReadAtLeast(_header, _header.Length, throwOnEndOfStream: false) == _header.Length)
        {
            if (!BinaryLogHeader.TryRead(_header, out var header))
            {
                throw Damaged();
            }

            var length = (int)Math.Min(header.Length - BinaryLogHeader.Size, MaxBodyBytes);
            var next = _file.Position + header.Length - BinaryLogHeader.Size;
            if (next > _file.Length)
            {
                return false; // being written
            }

            if (header.Matters)
            {
                _file.ReadExactly(_body, 0, length);
                if (header.Type == BinaryLogEventType.MariaDbStartEncryption)
                {
                    throw new CommandException($"{_path} is encrypted: fetch it with mariadb-binlog --read-from-remote-server --raw, which writes it in the clear");
                }

                var isWhole = length == header.Length - BinaryLogHeader.Size;
                var checksum = header.Type == BinaryLogEventType.FormatDescription ? 0 : transactions.ChecksumBytes;
                if (isWhole && checksum > 0 && (length < checksum || BinaryPrimitives.ReadUInt32LittleEndian(_body.AsSpan(length - checksum)) != Crc(_header, _body.AsSpan(0, length - checksum))))
                {
                    throw Damaged();
                }

                if (transactions.Take(in header, _body.AsSpan(0, isWhole ? length - checksum : length), out transaction))
                {
                    _file.Position = next;
                    return true;
                }
            }

            _file.Position = next;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private CommandException Damaged() => new($"the binary log {_path} is damaged at byte {_file.Position}");

    // CRC-32 as in zlib: what binlog_checksum=CRC32 writes.
    private static uint Crc(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        var crc = uint.MaxValue;
        foreach (var b in header)
        {
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        foreach (var b in body)
        {
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }

            table[i] = crc;
        }

        return table;
    }
}
