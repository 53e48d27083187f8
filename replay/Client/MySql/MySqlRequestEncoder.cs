using System.Buffers.Binary;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Client.MySql;

/// <summary>
/// A recorded request as this session needs it: statement numbers mapped, query attributes put in or left out. Most requests need nothing and are sent from
/// where they lie.
/// </summary>
internal sealed class MySqlRequestEncoder(StatementIdMap statements, MySqlCapabilities captured, MySqlCapabilities target)
{
    private const int IdOffset = MySqlPacket.HeaderBytes + 1;

    private readonly ByteStore _payload = new();

    /// <summary>Statements of the target whose parameters' types it has been told.</summary>
    private readonly HashSet<uint> _typed = [];

    /// <summary>Requests whose layout had to be changed, because the target lacks something of the captured session's protocol.</summary>
    public long Reencoded { get; private set; }

    private bool TargetHasAttributes => (target & MySqlCapabilities.QueryAttributes) != 0;

    private bool? CapturedHasAttributes => captured == MySqlCapabilities.None ? null : (captured & MySqlCapabilities.QueryAttributes) != 0;

    private bool TargetIsMariaDb => (target & MySqlCapabilities.LongPassword) == 0 || (target & MySqlCapabilities.MariaDbBulkOperations) != 0;

    /// <summary>Writes the request to <paramref name="encoded"/>, or nothing if it can go as it is. False, with a problem in one line, if it cannot be sent.</summary>
    public bool TryEncode(in RecordedRequest request, ByteStore encoded, out string? problem)
    {
        problem = Problem(request);
        if (problem is not null)
        {
            return false;
        }

        switch (request.Command)
        {
            case Command.MySqlQuery:
                EncodeQuery(request.Bytes, encoded);
                break;
            case Command.MySqlStatementExecute:
                EncodeExecute(request, encoded);
                break;
            case Command.MySqlStatementBulkExecute or Command.MySqlStatementFetch or Command.MySqlStatementReset
                or Command.MySqlStatementSendLongData or Command.MySqlStatementClose:
                EncodeId(request, encoded);
                break;
        }

        return true;
    }

    /// <summary>A text query of the replayer's own.</summary>
    public void WriteQuery(ByteStore into, ReadOnlySpan<byte> sql) =>
        PacketWriter.Append(into, TargetHasAttributes ? [ComQuery.Header, 0, 1] : [ComQuery.Header], sql);

    private string? Problem(in RecordedRequest request)
    {
        if (request.Bytes.Length <= MySqlPacket.HeaderBytes)
        {
            return "its bytes were not recorded";
        }

        if ((request.Flags & ExchangeFlags.Masked) != 0)
        {
            return "its secrets were masked when it was recorded";
        }

        return request.Command switch
        {
            Command.MySqlProcessKill => "it names a connection of the captured server",
            Command.MySqlShutdown => "it would stop the target",
            Command.MySqlStatementBulkExecute when (target & MySqlCapabilities.MariaDbBulkOperations) == 0 => "the target has no COM_STMT_BULK_EXECUTE",
            _ when request.Bytes.Length < IdOffset + 4 && NamesStatement(request.Command) => "its bytes are damaged",
            _ => null,
        };
    }

    private static bool NamesStatement(Command command) => command is Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute
        or Command.MySqlStatementFetch or Command.MySqlStatementReset or Command.MySqlStatementSendLongData or Command.MySqlStatementClose;

    private void EncodeQuery(ReadOnlySpan<byte> bytes, ByteStore encoded)
    {
        if (CapturedHasAttributes == TargetHasAttributes)
        {
            return;
        }

        var length = PacketWriter.MessageLength(bytes);
        var firstPayload = bytes[MySqlPacket.HeaderBytes..Math.Min(length, MySqlPacket.HeaderBytes + MySqlPacket.MaxPayloadBytes)];
        if (!ComQuery.TryParse(firstPayload, CapturedHasAttributes, out var query) || (query.AttributesOffset > 0) == TargetHasAttributes)
        {
            return;
        }

        _payload.Truncate(0);
        PacketWriter.AppendPayload(_payload, bytes[..length]);
        WriteQuery(encoded, _payload.Written[query.TextOffset..]);
        encoded.Append(bytes[length..]);
        _payload.Reset(64 << 10);
        Reencoded++;
    }

    private uint MapId(ReadOnlySpan<byte> bytes, out StatementKey statement)
    {
        var named = BinaryPrimitives.ReadUInt32LittleEndian(bytes[IdOffset..]);
        if (named == StatementIdMap.Last)
        {
            statement = new StatementKey(statements.LastPrepared, 0);
            return TargetIsMariaDb ? named : statements.LastPrepared;
        }

        statements.TryFind(named, out statement);
        return statement.Id;
    }

    private void EncodeId(in RecordedRequest request, ByteStore encoded)
    {
        var id = MapId(request.Bytes, out _);
        var named = BinaryPrimitives.ReadUInt32LittleEndian(request.Bytes[IdOffset..]);
        if (id != named)
        {
            encoded.Append(request.Bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(encoded.WrittenMutable[IdOffset..], id);
        }

        if (request.Command == Command.MySqlStatementClose)
        {
            statements.Remove(named);
            _typed.Remove(id);
        }
        else if (request.Command == Command.MySqlStatementBulkExecute && (target & MySqlCapabilities.MariaDbBulkUnitResults) == 0)
        {
            LeaveOutUnitResults(request.Bytes, encoded);
        }
    }

    /// <summary>Servers before 11.5 refuse a bulk that asks for one result a row.</summary>
    private void LeaveOutUnitResults(ReadOnlySpan<byte> bytes, ByteStore encoded)
    {
        const int FlagsOffset = IdOffset + 4;
        if (bytes.Length > FlagsOffset && (bytes[FlagsOffset] & ComStatementBulkExecute.UnitResults) != 0)
        {
            encoded.Append(encoded.Length == 0 ? bytes : default);
            encoded.WrittenMutable[FlagsOffset] &= unchecked((byte)~ComStatementBulkExecute.UnitResults);
            Reencoded++;
        }
    }

    private void EncodeExecute(in RecordedRequest request, ByteStore encoded)
    {
        var id = MapId(request.Bytes, out var statement);
        var hasNames = CapturedHasAttributes == true;
        var flagsAt = MySqlPacket.HeaderBytes + ComStatementExecute.FlagsOffset;
        hasNames |= request.Bytes.Length > flagsAt && (request.Bytes[flagsAt] & ComStatementExecute.ParameterCountAvailable) != 0;
        if (hasNames && !TargetHasAttributes && TryStripAttributes(request, id, statement.Parameters, encoded))
        {
            Reencoded++;
        }
        else if (id != BinaryPrimitives.ReadUInt32LittleEndian(request.Bytes[IdOffset..]))
        {
            encoded.Append(request.Bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(encoded.WrittenMutable[IdOffset..], id);
        }

        if (!hasNames && id != StatementIdMap.Last)
        {
            TellTypes(request, id, statement.Parameters, encoded);
        }
    }

    /// <summary>
    /// A client tells the types once and then relies on the server's memory. Where the execution that told them is not replayed (it lay before the
    /// snapshot's cut), the first one that is has to.
    /// </summary>
    private void TellTypes(in RecordedRequest request, uint id, int parameterCount, ByteStore encoded)
    {
        var boundAt = MySqlPacket.HeaderBytes + ComStatementExecute.FlagsOffset + 5 + ((parameterCount + 7) / 8);
        var bytes = encoded.Length == 0 ? request.Bytes : encoded.Written;
        if (parameterCount == 0 || boundAt >= bytes.Length || bytes.Length >= MySqlPacket.MaxPayloadBytes)
        {
            return;
        }

        if (bytes[boundAt] != 0)
        {
            _typed.Add(id);
        }
        else if (request.ParameterTypes.Length >= parameterCount * 4 && _typed.Add(id))
        {
            _payload.Truncate(0);
            _payload.Append(bytes[MySqlPacket.HeaderBytes..boundAt]);
            _payload.Append([1]);
            for (var i = 0; i < parameterCount; i++)
            {
                _payload.Append(request.ParameterTypes.Slice(i * 4, 2));
            }

            _payload.Append(bytes[(boundAt + 1)..]);
            encoded.Truncate(0);
            PacketWriter.Append(encoded, _payload.Written, default);
            _payload.Reset(64 << 10);
            Reencoded++;
        }
    }

    /// <summary>The execute without names and attributes: only the statement's own parameters.</summary>
    private bool TryStripAttributes(in RecordedRequest request, uint id, int parameterCount, ByteStore encoded)
    {
        _payload.Truncate(0);
        PacketWriter.AppendPayload(_payload, request.Bytes);
        if (!ComStatementExecute.TryParse(_payload.Written, parameterCount, hasNames: true, out var execute))
        {
            return false;
        }

        var parameters = execute.Parameters;
        var count = Math.Min(parameterCount, parameters.Count);
        var plain = new ByteStore();
        plain.Append([ComStatementExecute.Header, 0, 0, 0, 0, (byte)(execute.Flags & ComStatementExecute.CursorFlags), 1, 0, 0, 0]);
        BinaryPrimitives.WriteUInt32LittleEndian(plain.WrittenMutable[1..], id);
        if (count > 0)
        {
            WriteParameters(plain, parameters, count, request.ParameterTypes);
        }

        PacketWriter.Append(encoded, plain.Written, default);
        plain.Clear();
        _payload.Reset(64 << 10);
        return true;
    }

    private static void WriteParameters(ByteStore into, in BoundParameters parameters, int count, ReadOnlySpan<byte> earlierTypes)
    {
        into.Append(parameters.NullBitmap[..((count + 7) / 8)]);
        into.Append([parameters.HasTypes ? (byte)1 : (byte)0]);
        var types = new SpanReader(parameters.Types);
        var values = new SpanReader(parameters.Values);
        for (var i = 0; i < count; i++)
        {
            var known = (i + 1) * 4 <= earlierTypes.Length ? BinaryPrimitives.ReadUInt32LittleEndian(earlierTypes[(i * 4)..]) : 0;
            var type = parameters.HasTypes ? BoundParameters.ReadType(ref types, parameters.HasNames, out _) : known;
            if (parameters.HasTypes)
            {
                into.Append([(byte)type, (byte)(type >> 8)]);
            }

            if (!parameters.IsNull(i) && (known & MySqlParameters.LongDataMark) == 0)
            {
                BinaryValue.Read(ref values, (MySqlColumnType)type);
            }
        }

        into.Append(parameters.Values[..values.Position]);
    }
}
