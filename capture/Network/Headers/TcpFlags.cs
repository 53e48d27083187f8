namespace Replay.Network.Headers;

/// <summary>Control bits, <see href="https://www.rfc-editor.org/rfc/rfc9293#section-3.1"/>.</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Reset = 0x04,
    Push = 0x08,
    Acknowledgement = 0x10,
    Urgent = 0x20,
}
