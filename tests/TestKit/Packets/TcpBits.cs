namespace Replay.TestKit.Packets;

/// <summary>TCP's control bits.</summary>
[Flags]
public enum TcpBits : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Rst = 0x04,
    Psh = 0x08,
    Ack = 0x10,
}
