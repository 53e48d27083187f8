using System.Buffers.Binary;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Writes a request anew in which values of other lengths stand: every length that covers one of them changes too.</summary>
internal static class LongerRequest
{
    private const int PostgresHeader = 5;
    private const int OneByteLength = 250; // MySQL's length-encoded integers up to it are one byte

    /// <summary>Writes it; false if the lengths around a value cannot be told.</summary>
    public static bool TryWrite(Engine engine, Command command, ReadOnlySpan<byte> request, List<ValueRewriter.Replacement> found, ByteStore to) =>
        engine == Engine.MySql ? TryWriteMySql(command, request, found, to) : TryWritePostgres(request, found, to);

    private static bool TryWriteMySql(Command command, ReadOnlySpan<byte> request, List<ValueRewriter.Replacement> found, ByteStore to)
    {
        var length = Length(request);
        if (request.Length != MySqlPacket.HeaderBytes + length || command is not (Command.MySqlQuery or Command.MySqlStatementPrepare or Command.MySqlStatementExecute))
        {
            return false;
        }

        var at = 0;
        foreach (var (start, old, _, value) in found)
        {
            to.Append(request[at..start]);
            if (command == Command.MySqlStatementExecute)
            {
                // The value is a parameter by itself, or its length is further away.
                if (request[start - 1] != old || value.Length > OneByteLength)
                {
                    return false;
                }

                to.WrittenMutable[^1] = (byte)value.Length;
            }

            to.Append(value);
            at = start + old;
        }

        to.Append(request[at..]);
        var total = to.Length - MySqlPacket.HeaderBytes;
        if (total >= MySqlPacket.MaxPayloadBytes)
        {
            return false;
        }

        var header = to.WrittenMutable;
        (header[0], header[1], header[2]) = ((byte)total, (byte)(total >> 8), (byte)(total >> 16));
        return true;
    }

    private static int Length(ReadOnlySpan<byte> packet) => packet[0] | (packet[1] << 8) | (packet[2] << 16);

    private static bool TryWritePostgres(ReadOnlySpan<byte> request, List<ValueRewriter.Replacement> found, ByteStore to)
    {
        var next = 0;
        for (var from = 0; from < request.Length;)
        {
            var rest = request[from..];
            if (!PostgresMessages.TryNext(ref rest, out var message))
            {
                return false;
            }

            var begin = to.Length;
            var last = next;
            while (last < found.Count && found[last].Start < from + message.Length)
            {
                last++;
            }

            var at = from;
            for (; next < last; next++)
            {
                to.Append(request[at..found[next].Start]);
                to.Append(found[next].Value);
                at = found[next].Start + found[next].Length;
            }

            to.Append(request[at..(from + message.Length)]);
            BinaryPrimitives.WriteInt32BigEndian(to.WrittenMutable[(begin + 1)..], to.Length - begin - 1);
            if (message[0] == (byte)'B' && !FixParameters(message, from, found, begin, to))
            {
                return false;
            }

            from += message.Length;
        }

        return true;
    }

    // Each parameter of a Bind has its length before it.
    private static bool FixParameters(ReadOnlySpan<byte> message, int from, List<ValueRewriter.Replacement> found, int begin, ByteStore to)
    {
        if (!BindMessage.TryParse(message[PostgresHeader..], out var bind))
        {
            return false;
        }

        var at = PostgresHeader + bind.ParametersOffset;
        var moved = 0;
        for (var i = 0; i < bind.ParameterCount; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(message[at..]);
            var (start, end) = (from + at + 4, from + at + 4 + Math.Max(0, length));
            var grown = 0;
            foreach (var (place, old, _, value) in found)
            {
                grown += place >= start && place < end ? value.Length - old : 0;
            }

            if (grown != 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(to.WrittenMutable[(begin + at + moved)..], length + grown);
            }

            moved += grown;
            at += 4 + Math.Max(0, length);
        }

        return true;
    }
}
