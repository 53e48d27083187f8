namespace Replay.Sql;

/// <summary>The words that the reader must know. All others are names.</summary>
internal enum Keyword : byte
{
    None,

    // words after which an expression or a group begins: a sign there is unary, and a parenthesis is set off by a space
    Expression,

    // verbs
    Select, Values, Table, With, Insert, Update, Delete, Merge, Replace,
    Create, Alter, Drop, OtherDdl, Grant,
    Begin, Start, Rollback, Savepoint, Release, OtherTransaction,
    Set, Use, Prepare, Deallocate, OtherSession,
    Copy, Load, Call, Do, Execute,
    Declare, Fetch, Move, Close,
    Change, OtherUtility,

    // words that mean something elsewhere
    Transaction, Work, To, From, All, Into, For, Share, Key, No, Lock, In, Mode, Skip, Locked, NoWait, Order, By, Limit, Returning,
    Current, Of, First, Next, Not, Atomic, Body, Secret, SecretObject, OutFile, Commit,

    // functions, which count only before a parenthesis, and the words of the clock that need none
    ClockWord, Clock, Chance, Sequence, ServerState, LockOrSleep,
}
