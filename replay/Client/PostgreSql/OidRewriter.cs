using System.Buffers.Binary;
using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql;
using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Client.PostgreSql;

/// <summary>
/// Rewrites the OIDs of user-defined types in a recorded request: Parse's parameter types, and those inside binary arrays and composites of Bind. All
/// are of fixed width, so nothing moves.
/// </summary>
internal static class OidRewriter
{
    public static bool TryRewrite(in RecordedRequest request, OidMap oids, ByteStore encoded, out string? problem)
    {
        problem = null;
        encoded.Append(request.Bytes);
        var bytes = encoded.WrittenMutable;
        while (bytes.Length >= MessageKind.HeaderBytes)
        {
            var total = BinaryPrimitives.ReadInt32BigEndian(bytes[1..]) + 1;
            if (total < MessageKind.HeaderBytes || total > bytes.Length)
            {
                problem = "the recorded request is damaged";
                return false;
            }

            var payload = bytes[MessageKind.HeaderBytes..total];
            switch (bytes[0])
            {
                case FrontendMessages.Parse when ParseMessage.TryParse(payload, out var parse):
                    RewriteTypes(payload[^parse.Types.Length..], oids);
                    break;
                case FrontendMessages.Bind when BindMessage.TryParse(payload, out var bind):
                    RewriteParameters(payload, bind, request.ParameterTypes, oids);
                    break;
                case FrontendMessages.FunctionCall when FunctionCallMessage.TryParse(payload, out var call) && call.Function >= OidMap.FirstUserOid:
                    problem = $"a function is called by the OID {call.Function} that it had where it was captured";
                    return false;
            }

            bytes = bytes[total..];
        }

        return true;
    }

    private static void RewriteTypes(Span<byte> types, OidMap oids)
    {
        for (; types.Length >= 4; types = types[4..])
        {
            BinaryPrimitives.WriteUInt32BigEndian(types, oids.Map(BinaryPrimitives.ReadUInt32BigEndian(types)));
        }
    }

    private static void RewriteParameters(Span<byte> payload, BindMessage bind, ReadOnlySpan<byte> types, OidMap oids)
    {
        var at = bind.ParametersOffset;
        for (var i = 0; i < bind.ParameterCount; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(payload[at..]);
            at += 4;
            if (length <= 0)
            {
                continue;
            }

            var type = types.Length >= 4 * (i + 1) ? BinaryPrimitives.ReadUInt32LittleEndian(types[(4 * i)..]) : 0;
            if (bind.ParameterFormats.IsBinary(i) && BinaryValueOids.MayHold(type))
            {
                BinaryValueOids.Rewrite(payload.Slice(at, length), oids);
            }

            at += length;
        }
    }
}
