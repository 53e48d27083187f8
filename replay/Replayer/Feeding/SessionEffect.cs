using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What an exchange leaves behind in its session, beyond its transaction: what a new connection in its stead has to be given.</summary>
public enum SessionEffect : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It prepares or closes statements of the protocol.</summary>
    Statements,

    /// <summary>A value that the next exchange of its shape replaces.</summary>
    Setting,

    /// <summary>The database.</summary>
    Database,

    /// <summary>Something that is there when it is run again.</summary>
    Repeatable,

    /// <summary>A temporary table, which is empty when it is made again.</summary>
    TemporaryTable,

    /// <summary>It throws away what earlier ones left.</summary>
    Discards,

    /// <summary>It throws that away and leaves something itself: COM_CHANGE_USER.</summary>
    Renews,

    /// <summary>It rolls its transaction back, and with it what that left (PostgreSQL).</summary>
    RollsBack,
}

/// <summary>Finds the effects.</summary>
public static class SessionEffects
{
    /// <summary>The effect of an exchange of a shape with these traits.</summary>
    public static SessionEffect Of(in Exchange exchange, ShapeTraits traits) => exchange.Command switch
    {
        Command.MySqlStatementPrepare or Command.MySqlStatementClose => SessionEffect.Statements,
        Command.MySqlInitDb => SessionEffect.Database,
        Command.MySqlSetOption => SessionEffect.Setting,
        Command.MySqlResetConnection => SessionEffect.Discards,
        Command.MySqlChangeUser => SessionEffect.Renews,
        Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute when OfShape(traits) is var effect and not SessionEffect.None => effect,
        Command.Parse or Command.Execute or Command.Bind or Command.Close or Command.Describe when PostgresMessages.ChangesStatements(exchange.Request) => SessionEffect.Statements,
        _ => SessionEffect.None,
    };

    private static SessionEffect OfShape(ShapeTraits traits) => traits switch
    {
        _ when (traits & ShapeTraits.Discards) != 0 => SessionEffect.Discards,
        _ when (traits & ShapeTraits.Setting) != 0 => SessionEffect.Setting,
        _ when (traits & ShapeTraits.Database) != 0 => SessionEffect.Database,
        _ when (traits & ShapeTraits.MakesTemporaryTable) != 0 => SessionEffect.TemporaryTable,
        _ when (traits & ShapeTraits.Repeatable) != 0 => SessionEffect.Repeatable,
        _ when (traits & ShapeTraits.RollsBack) != 0 => SessionEffect.RollsBack,
        _ => SessionEffect.None,
    };
}
