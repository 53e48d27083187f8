namespace Replay.Workload;

/// <summary>What the last exchange of a profile had, against which the next is written. Both sides of the codec keep the same.</summary>
internal struct ProfileState
{
    public ExchangeProfile Profile;
    public BytesDifference Request;
    public BytesDifference Values;
    public BytesDifference ErrorMessage;
    public long ResponseBytes;
    public long Rows;
    public long Affected;
    public long Warnings;
    public long TextTail;
    public long Handle;
    public ulong InsertId;
    public int TextId;
    public int ValuesId;

    /// <summary>The encoder's guess: the profile that followed this one in a session.</summary>
    public int Successor;

    /// <summary>Begins anew with a profile; arrays are kept.</summary>
    public void Reset(in ExchangeProfile profile)
    {
        Profile = profile;
        Request.Reset();
        Values.Reset();
        ErrorMessage.Reset();
        ResponseBytes = 0;
        Rows = 0;
        Affected = 0;
        Warnings = 0;
        TextTail = 0;
        Handle = 0;
        InsertId = 0;
        TextId = 0;
        ValuesId = 0;
        Successor = 0;
    }
}

/// <summary>What the last exchange of a session had in the block.</summary>
internal struct SessionState
{
    public int Number;
    public int Ordinal;
    public int Batch;

    /// <summary>The profile of its last exchange in the block.</summary>
    public int Profile;
}
