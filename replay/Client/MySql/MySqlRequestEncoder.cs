using System.Buffers.Binary;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Client.MySql;

/// <summary>
/// A recorded request as this session needs it: statement numbers mapped, databases by their names here, query attributes put in or left out. Most requests need nothing and are sent from
/// where they lie.
/// </summary>
internal sealed class MySqlRequestEncoder(StatementIdMap statements, MySqlCapabilities captured, MySqlCapabilities target, TargetNames names)
{
    private const int IdOffset = MySqlPacket.HeaderBytes + 1;

    private readonly ByteStore _payload = new();
    private readonly DatabaseChoice? _databases = DatabaseChoice.For(names);

    private readonly ExecuteEncoder _executes = new(
        captured == MySqlCapabilities.None ? null : (captured & MySqlCapabilities.QueryAttributes) != 0, (target & MySqlCapabilities.QueryAttributes) != 0);

    private long _reencoded;

    /// <summary>Requests whose layout had to be changed, because the target lacks something of the captured session's protocol.</summary>
    public long Reencoded => _reencoded + _executes.Stripped;

    /// <summary>Executions into which their parameters' types were put, because the one that told them was not replayed.</summary>
    public long TypesTold => _executes.TypesTold;

    private bool TargetHasAttributes => (target & MySqlCapabilities.QueryAttributes) != 0;

    private bool? CapturedHasAttributes => captured == MySqlCapabilities.None ? null : (captured & MySqlCapabilities.QueryAttributes) != 0;

    /// <summary>Whether the target takes -1 for the statement prepared last.</summary>
    public bool TargetIsMariaDb => (target & MySqlCapabilities.LongPassword) == 0 || (target & MySqlCapabilities.MariaDbBulkOperations) != 0;

    /// <summary>Writes the request to <paramref name="encoded"/>, or nothing if it can go as it is. False, with a problem in one line, if it cannot be sent.</summary>
    public bool TryEncode(in RecordedRequest request, ByteStore encoded, out string? problem)
    {
        problem = Problem(request);
        if (problem is not null)
        {
            return false;
        }

        _databases?.Encode(in request, CapturedHasAttributes, TargetHasAttributes, encoded);
        if (encoded.Length > 0)
        {
            return true;
        }

        switch (request.Command)
        {
            case Command.MySqlQuery:
                return TryEncodeQuery(request.Bytes, encoded, out problem);
            case Command.MySqlStatementExecute:
                return TryEncodeExecute(request, encoded, out problem);
            case Command.MySqlStatementBulkExecute:
                return TryEncodeBulk(request, encoded, out problem);
            case Command.MySqlStatementFetch or Command.MySqlStatementReset or Command.MySqlStatementSendLongData or Command.MySqlStatementClose:
                EncodeId(request, encoded);
                return true;
            default:
                return true;
        }
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

    private bool TryEncodeQuery(ReadOnlySpan<byte> bytes, ByteStore encoded, out string? problem)
    {
        problem = null;
        if (CapturedHasAttributes == TargetHasAttributes)
        {
            return true;
        }

        var length = PacketWriter.MessageLength(bytes);
        var firstPayload = bytes[MySqlPacket.HeaderBytes..Math.Min(length, MySqlPacket.HeaderBytes + MySqlPacket.MaxPayloadBytes)];
        if (!ComQuery.TryParse(firstPayload, CapturedHasAttributes, out var query))
        {
            problem = "a query's attributes cannot be read: its bytes are damaged";
            return false;
        }

        if ((query.AttributesOffset > 0) == TargetHasAttributes)
        {
            return true;
        }

        _payload.Truncate(0);
        PacketWriter.AppendPayload(_payload, bytes[..length]);
        WriteQuery(encoded, _payload.Written[query.TextOffset..]);
        encoded.Append(bytes[length..]);
        _payload.Reset(64 << 10);
        _reencoded++;
        return true;
    }

    /// <summary>The number here of the statement that a request names, and the statement if it is known.</summary>
    private uint MapId(in RecordedRequest request, out TargetStatement? statement)
    {
        var named = BinaryPrimitives.ReadUInt32LittleEndian(request.Bytes[IdOffset..]);
        if (named != StatementIdMap.Last)
        {
            return statements.TryFind(named, out statement) ? statement.Id : StatementIdMap.Nobody;
        }

        // "The last one" as the capture resolved it, in case that another prepare has come between. If its own prepare is still on the way, MariaDB knows what is meant.
        if (!statements.TryFind((uint)request.StatementHandle, out statement) && !TargetIsMariaDb)
        {
            statement = statements.LastPrepared;
        }

        return statement?.Id ?? (TargetIsMariaDb ? named : StatementIdMap.Nobody);
    }

    private void EncodeId(in RecordedRequest request, ByteStore encoded)
    {
        ReplaceId(request, MapId(request, out _), encoded);
        if (request.Command == Command.MySqlStatementClose)
        {
            statements.Remove(BinaryPrimitives.ReadUInt32LittleEndian(request.Bytes[IdOffset..]));
        }
    }

    private static void ReplaceId(in RecordedRequest request, uint id, ByteStore encoded)
    {
        if (id != BinaryPrimitives.ReadUInt32LittleEndian(request.Bytes[IdOffset..]))
        {
            encoded.Append(request.Bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(encoded.WrittenMutable[IdOffset..], id);
        }
    }

    private bool TryEncodeBulk(in RecordedRequest request, ByteStore encoded, out string? problem)
    {
        problem = null;
        ReplaceId(request, MapId(request, out var statement), encoded);
        if (statement is not null && ComStatementBulkExecute.TryParse(request.Bytes[MySqlPacket.HeaderBytes..], statement.Parameters, out var bulk))
        {
            if ((bulk.Flags & ComStatementBulkExecute.SendTypes) != 0)
            {
                statement.Tell(bulk.Types, hasNames: false);
            }
            else if (!statement.HasTypes)
            {
                problem = "the types of its rows were told by an execution that was not replayed";
                return false;
            }
        }

        if ((target & MySqlCapabilities.MariaDbBulkUnitResults) == 0)
        {
            LeaveOutUnitResults(request.Bytes, encoded);
        }

        return true;
    }

    /// <summary>Servers before 11.5 refuse a bulk that asks for one result a row.</summary>
    private void LeaveOutUnitResults(ReadOnlySpan<byte> bytes, ByteStore encoded)
    {
        const int FlagsOffset = IdOffset + 4;
        if (bytes.Length > FlagsOffset && (bytes[FlagsOffset] & ComStatementBulkExecute.UnitResults) != 0)
        {
            encoded.Append(encoded.Length == 0 ? bytes : default);
            encoded.WrittenMutable[FlagsOffset] &= unchecked((byte)~ComStatementBulkExecute.UnitResults);
            _reencoded++;
        }
    }

    private bool TryEncodeExecute(in RecordedRequest request, ByteStore encoded, out string? problem)
    {
        problem = null;
        var id = MapId(request, out var statement);
        // Where the statement is not known, its prepare is on the way or failed: in the one case the execute tells the types, in the other nobody reads them.
        if (statement is not null && !_executes.TryEncode(request, statement, encoded, out problem))
        {
            return false;
        }

        if (encoded.Length == 0)
        {
            ReplaceId(request, id, encoded);
        }

        return true;
    }
}
