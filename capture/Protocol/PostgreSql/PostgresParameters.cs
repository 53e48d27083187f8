using System.Text;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <summary>The values that an exchange's Bind carries, as text, for people and for EXPLAIN.</summary>
public static class PostgresParameters
{
    /// <summary>
    /// The parameters of the exchange's last Bind, NULL as null: text as it is, binary values by their type where it is known
    /// (<see cref="BinaryText"/>), else <c>\x</c> and hexadecimal digits. Null if the exchange has no Bind.
    /// </summary>
    public static IReadOnlyList<string?>? Parameters(in Exchange exchange)
    {
        List<string?>? values = null;
        var messages = exchange.Request;
        while (PostgresMessage.TryRead(ref messages, out var type, out var payload))
        {
            if (type == FrontendMessages.Bind && BindMessage.TryParse(payload, out var bind))
            {
                values = Read(bind, exchange.ParameterTypes);
            }
        }

        return values;
    }

    private static List<string?> Read(BindMessage bind, ReadOnlySpan<byte> types)
    {
        var values = new List<string?>(bind.ParameterCount);
        // A DataRow's values look the same.
        var rest = new Buffers.SpanReader(bind.Parameters);
        for (var i = 0; i < bind.ParameterCount; i++)
        {
            var length = rest.ReadInt32();
            if (length < 0)
            {
                values.Add(null);
                continue;
            }

            var value = rest.ReadBytes(length);
            var type = types.Length >= 4 * (i + 1) ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(types[(4 * i)..]) : 0;
            values.Add(bind.ParameterFormats.IsBinary(i) ? BinaryText.Of(type, value) : Encoding.UTF8.GetString(value));
        }

        return values;
    }
}
