using System.Buffers.Binary;
using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <summary>The parameters and attributes of a recorded exchange, as text for people.</summary>
public static class MySqlParameters
{
    /// <summary>In <see cref="Exchange.ParameterTypes"/>: the value was sent ahead by COM_STMT_SEND_LONG_DATA and is not in the execute.</summary>
    public const int LongDataMark = 1 << 16;

    /// <summary>What stands for a value that was sent ahead.</summary>
    public const string LongDataText = "(long data)";

    /// <summary>
    /// The parameters of a stmt_execute or stmt_bulk_execute in order, NULL as null, a bulk's rows one after another. Null if the command has none, or if they cannot be told apart:
    /// the number of parameters is not in the request, so it is taken from the types or the text, and has to fit the bytes.
    /// </summary>
    public static IReadOnlyList<string?>? Parameters(in Exchange exchange)
    {
        var payload = Payload(exchange);
        switch (exchange.Command)
        {
            case Command.MySqlStatementBulkExecute:
                return ComStatementBulkExecute.TryParse(payload, StatementText.CountPlaceholders(exchange.Text), out var bulk) ? bulk.ToText() : null;
            case Command.MySqlStatementExecute:
                return ReadExecute(payload, exchange.Text, exchange.ParameterTypes, out var values, out _, out _) ? values : null;
            default:
                return null;
        }
    }

    /// <summary>The parameters of a stmt_execute as <see cref="Parameters(in Exchange)"/> tells them, with the types that the client bound: it is by these that the server compares.</summary>
    public static IReadOnlyList<string?>? Parameters(in Exchange exchange, out IReadOnlyList<MySqlColumnType> types)
    {
        var isKnown = ReadExecute(Payload(exchange), exchange.Text, exchange.ParameterTypes, out var values, out var bound, out _);
        types = bound;
        return isKnown ? values : null;
    }

    /// <summary>The query attributes, by name; null if there are none.</summary>
    public static IReadOnlyList<KeyValuePair<string, string?>>? QueryAttributes(in Exchange exchange)
    {
        var payload = Payload(exchange);
        List<KeyValuePair<string, string?>>? named = null;
        switch (exchange.Command)
        {
            case Command.MySqlStatementExecute:
                ReadExecute(payload, exchange.Text, exchange.ParameterTypes, out _, out _, out named);
                break;
            case Command.MySqlQuery when ComQuery.TryParse(payload, hasAttributes: null, out var query) && query.AttributesOffset > 0:
                var reader = new SpanReader(payload);
                reader.Skip(query.AttributesOffset);
                if (BoundParameters.TryParse(ref reader, hasSetCount: true, out var attributes))
                {
                    TryRead(attributes, default, out _, out _, out named, isExact: false);
                }

                break;
        }

        return named is { Count: > 0 } ? named : null;
    }

    private static ReadOnlySpan<byte> Payload(in Exchange exchange) =>
        exchange.Request.Length > MySqlPacket.HeaderBytes ? exchange.Request[MySqlPacket.HeaderBytes..] : default;

    private static bool ReadExecute(
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> types,
        out List<string?> values,
        out List<MySqlColumnType> bound,
        out List<KeyValuePair<string, string?>> named)
    {
        var likely = types.IsEmpty ? StatementText.CountPlaceholders(text) : types.Length / 4;
        if (TryCount(payload, likely, types, out values, out bound, out named))
        {
            return true;
        }

        // The text is not known, or misled: the first number that the bytes fit.
        for (var count = 1; text.IsEmpty && count <= payload.Length / 2; count++)
        {
            if (TryCount(payload, count, types, out values, out bound, out named))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryCount(
        ReadOnlySpan<byte> payload,
        int count,
        ReadOnlySpan<byte> types,
        out List<string?> values,
        out List<MySqlColumnType> bound,
        out List<KeyValuePair<string, string?>> named)
    {
        values = [];
        bound = [];
        named = [];
        return (ComStatementExecute.TryParse(payload, count, hasNames: false, out var plain) && TryRead(plain.Parameters, types, out values, out bound, out named, isExact: true))
            || (ComStatementExecute.TryParse(payload, count, hasNames: true, out var withNames) && TryRead(withNames.Parameters, types, out values, out bound, out named, isExact: true));
    }

    private static bool TryRead(
        in BoundParameters parameters,
        ReadOnlySpan<byte> earlierTypes,
        out List<string?> values,
        out List<MySqlColumnType> bound,
        out List<KeyValuePair<string, string?>> named,
        bool isExact)
    {
        values = [];
        bound = [];
        named = [];
        var types = new SpanReader(parameters.Types);
        var reader = new SpanReader(parameters.Values);
        for (var i = 0; i < parameters.Count; i++)
        {
            var known = (i + 1) * 4 <= earlierTypes.Length ? BinaryPrimitives.ReadUInt32LittleEndian(earlierTypes[(i * 4)..]) : 0;
            ReadOnlySpan<byte> name = default;
            var type = parameters.HasTypes ? BoundParameters.ReadType(ref types, parameters.HasNames, out name) : known;
            string? value = null;
            if ((known & LongDataMark) != 0)
            {
                value = LongDataText;
            }
            else if (!parameters.IsNull(i))
            {
                value = ParameterText.Format(BinaryValue.Read(ref reader, (MySqlColumnType)type), type);
            }

            if (name.IsEmpty)
            {
                values.Add(value);
                bound.Add((MySqlColumnType)type);
            }
            else
            {
                named.Add(new(Encoding.UTF8.GetString(name), value));
            }
        }

        return !reader.IsBroken && !types.IsBroken && (!isExact || reader.IsAtEnd);
    }
}
