using System.Buffers.Binary;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.MySql.Messages;

namespace Replay.Client.MySql;

/// <summary>
/// COM_STMT_EXECUTE as this session needs it. A client tells the types of the parameters once and then relies on the server's memory; where the execution
/// that told them is not replayed (it lay before the snapshot's cut, or was left out), the next one has to tell them. And query attributes go out where the
/// target has none.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html"/>.
/// </summary>
/// <param name="capturedHasAttributes">Whether the captured session had QUERY_ATTRIBUTES; null if that is not known.</param>
/// <param name="targetHasAttributes">Whether this one has.</param>
internal sealed class ExecuteEncoder(bool? capturedHasAttributes, bool targetHasAttributes)
{
    private const int KeepBytes = 64 << 10;

    private readonly ByteStore _joined = new();
    private readonly ByteStore _payload = new();

    /// <summary>Executions from which query attributes were left out.</summary>
    public long Stripped { get; private set; }

    /// <summary>Executions into which types were put that an execution which was not replayed had told.</summary>
    public long TypesTold { get; private set; }

    /// <summary>
    /// Writes the request to <paramref name="encoded"/>, or nothing if only the statement's number is to be replaced. False, with a problem in one line, if
    /// the target would take it for something else than the captured server did.
    /// </summary>
    public bool TryEncode(in RecordedRequest request, TargetStatement statement, ByteStore encoded, out string? problem)
    {
        problem = null;
        var hasNames = capturedHasAttributes == true || (request.Bytes[MySqlPacket.HeaderBytes + ComStatementExecute.FlagsOffset] & ComStatementExecute.ParameterCountAvailable) != 0;
        var payload = Payload(request.Bytes);
        if (!ComStatementExecute.TryParse(payload, statement.Parameters, hasNames, out var execute) || execute.Parameters.Count < statement.Parameters)
        {
            problem = "an execution's parameters do not fit its statement: its bytes are damaged";
            return false;
        }

        var parameters = execute.Parameters;
        var tell = false;
        var hasRecorded = request.ParameterTypes.Length >= statement.Parameters * TargetStatement.RecordedTypeBytes;
        if (parameters.HasTypes)
        {
            statement.Tell(parameters.Types, parameters.HasNames);
        }
        else if (statement.Parameters > 0)
        {
            tell = hasRecorded && !statement.Remembers(request.ParameterTypes);
        }

        // Names travel with types: where types have to be told that the request does not have, those of the attributes are not known.
        var strip = hasNames && (!targetHasAttributes || (tell && parameters.Count > statement.Parameters));
        if (!parameters.HasTypes && statement.Parameters > 0 && !hasRecorded && (strip || !statement.HasTypes))
        {
            problem = "the types of its parameters were told by an execution that was not recorded";
            return false;
        }

        if (strip || tell)
        {
            Write(execute, statement, request.ParameterTypes, withNames: hasNames && targetHasAttributes, encoded);
            Stripped += strip ? 1 : 0;
            TypesTold += tell ? 1 : 0;
            if (tell)
            {
                statement.TellRecorded(request.ParameterTypes);
            }
        }

        _joined.Reset(KeepBytes);
        _payload.Reset(KeepBytes);
        return true;
    }

    private ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MySqlPacket.HeaderBytes + MySqlPacket.MaxPayloadBytes)
        {
            return bytes[MySqlPacket.HeaderBytes..];
        }

        _joined.Truncate(0);
        PacketWriter.AppendPayload(_joined, bytes);
        return _joined.Written;
    }

    /// <summary>The execute with only the statement's own parameters, and their types if the target needs them.</summary>
    private void Write(scoped in ComStatementExecute execute, TargetStatement statement, ReadOnlySpan<byte> recordedTypes, bool withNames, ByteStore encoded)
    {
        var parameters = execute.Parameters;
        var flags = (byte)(execute.Flags & (withNames ? byte.MaxValue : ComStatementExecute.CursorFlags));
        _payload.Truncate(0);
        _payload.Append([ComStatementExecute.Header, 0, 0, 0, 0, flags, 1, 0, 0, 0]);
        BinaryPrimitives.WriteUInt32LittleEndian(_payload.WrittenMutable[1..], statement.Id);
        if ((flags & ComStatementExecute.ParameterCountAvailable) != 0)
        {
            HandshakeResponseWriter.WriteInteger(_payload, statement.Parameters);
        }

        var values = new SpanReader(parameters.Values);
        if (statement.Parameters > 0)
        {
            _payload.Append(parameters.NullBitmap[..((statement.Parameters + 7) / 8)]);
            _payload.Append([1]);
            var types = new SpanReader(parameters.Types);
            for (var i = 0; i < statement.Parameters; i++)
            {
                var recorded = (i + 1) * TargetStatement.RecordedTypeBytes <= recordedTypes.Length
                    ? BinaryPrimitives.ReadUInt32LittleEndian(recordedTypes[(i * TargetStatement.RecordedTypeBytes)..])
                    : 0;
                var type = parameters.HasTypes ? BoundParameters.ReadType(ref types, parameters.HasNames, out _) : recorded;
                _payload.Append(withNames ? [(byte)type, (byte)(type >> 8), 0] : [(byte)type, (byte)(type >> 8)]);
                if (!parameters.IsNull(i) && (recorded & MySqlParameters.LongDataMark) == 0)
                {
                    BinaryValue.Read(ref values, (MySqlColumnType)(type & 0xFF));
                }
            }
        }

        PacketWriter.Append(encoded, _payload.Written, parameters.Values[..values.Position]);
    }
}
