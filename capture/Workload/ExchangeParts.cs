namespace Replay.Workload;

/// <summary>What a reader wants of exchanges; less is faster.</summary>
public enum ExchangeParts
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>
    /// All but the bytes of requests: <see cref="Exchange.Request"/>, <see cref="Exchange.Text"/>, <see cref="Exchange.ColumnHashes"/> and
    /// <see cref="Exchange.ErrorMessage"/> are empty, <see cref="Exchange.StatementHandle"/> is -1.
    /// </summary>
    WithoutRequest,
}
