using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>The client's messages: each becomes a slot, statements and portals become known.</content>
public sealed partial class PostgresConversation
{
    /// <summary>A whole message, or the beginning of one that is too long; its <paramref name="length"/> bytes begin at <c>_parsed</c>.</summary>
    private void OnRequestMessage(byte type, ReadOnlySpan<byte> bytes, int length, bool isCut)
    {
        if (_slots.Count >= Limits.MaxPendingRequests)
        {
            Fail(ProtocolFault.OverLimit, isRequest: true);
            return;
        }

        if (type is FrontendMessages.CopyData or FrontendMessages.CopyDone or FrontendMessages.CopyFail)
        {
            OnCopyMessage(type, length, isCut);
            return;
        }

        BeforeRequest(type);
        ref var slot = ref AddSlot(type, length, isCut, out var number);
        if (!ReadRequestPayload(ref slot, bytes[MessageKind.HeaderBytes..], number) && !isCut)
        {
            // The server will refuse it; the message stays what it is, without what could not be read.
            EmitFault(ProtocolFault.BadMessage, isRequest: true, _at);
        }

        Group(number);
    }

    private ref RequestSlot AddSlot(byte type, int length, bool isCut, out long number)
    {
        ref var slot = ref _slots.Add(out number);
        slot.Type = type;
        slot.Offset = _parsed;
        slot.Length = length;
        slot.IsCut = isCut;
        slot.AtMicroseconds = _at;
        return ref slot;
    }

    // The portal that the Execute just read names.
    private PostgresPortal? _executed;

    private bool ReadRequestPayload(ref RequestSlot slot, ReadOnlySpan<byte> payload, long number)
    {
        switch (slot.Type)
        {
            case FrontendMessages.Query:
                var isQuery = QueryMessage.TryParse(payload, out var query);
                SetText(ref slot, 0, isQuery ? query.Text.Length : payload.Length);
                return isQuery;
            case FrontendMessages.Parse:
                return OnParse(ref slot, payload);
            case FrontendMessages.Bind:
                return OnBind(ref slot, payload);
            case FrontendMessages.Describe:
                return OnDescribe(ref slot, payload);
            case FrontendMessages.Close:
                return OnClose(ref slot, payload);
            case FrontendMessages.Execute:
                _executed = null;
                if (!ExecuteMessage.TryParse(payload, out var execute))
                {
                    return false;
                }

                slot.NameHash = NameHash(execute.Portal);
                _executed = _portals.Find(execute.Portal);
                return true;
            default:
                return true;
        }
    }

    private bool OnParse(ref RequestSlot slot, ReadOnlySpan<byte> payload)
    {
        var isWhole = ParseMessage.TryParse(payload, out var parse);
        if (!isWhole && !slot.IsCut)
        {
            return false;
        }

        SetText(ref slot, parse.TextOffset, isWhole ? parse.Text.Length : payload.Length - parse.TextOffset);
        slot.NameHash = NameHash(parse.Name);
        slot.Statement = _statements.Add(parse.Name, parse.Text, isWhole ? parse.Types : default, out slot.Before);
        return isWhole;
    }

    private bool OnBind(ref RequestSlot slot, ReadOnlySpan<byte> payload)
    {
        var isWhole = BindMessage.TryParse(payload, out var bind);
        slot.NameHash = NameHash(bind.Portal);
        slot.Statement = _statements.Find(bind.Statement);
        _statements.AddReference(slot.Statement);
        _portals.Bind(bind.Portal, slot.Statement, bind.ResultFormats);
        return isWhole;
    }

    private bool OnDescribe(ref RequestSlot slot, ReadOnlySpan<byte> payload)
    {
        if (!NamedTarget.TryParse(payload, out var describe))
        {
            return false;
        }

        slot.NamesStatement = describe.IsStatement;
        slot.NameHash = NameHash(describe.Name);
        slot.Statement = describe.IsStatement ? _statements.Find(describe.Name) : _portals.Find(describe.Name)?.Statement;
        _statements.AddReference(slot.Statement);
        return true;
    }

    private bool OnClose(ref RequestSlot slot, ReadOnlySpan<byte> payload)
    {
        if (!NamedTarget.TryParse(payload, out var close))
        {
            return false;
        }

        slot.NamesStatement = close.IsStatement;
        slot.NameHash = NameHash(close.Name);
        if (close.IsStatement)
        {
            slot.Before = _statements.Take(close.Name);
        }
        else
        {
            _portals.Close(close.Name);
        }

        return true;
    }

    /// <summary>Notes where the slot's text is, and masks secrets in it, in place.</summary>
    private void SetText(ref RequestSlot slot, int payloadOffset, int length)
    {
        slot.TextOffset = MessageKind.HeaderBytes + payloadOffset;
        slot.TextLength = length;
        slot.IsMasked = SecretMask.Apply(RequestBytes(slot.Offset + slot.TextOffset, length), backslashEscapes: false);
    }

    private static ulong NameHash(ReadOnlySpan<byte> name) => name.IsEmpty ? 0 : XxHash3.Hash64(name);
}
