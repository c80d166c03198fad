// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "./IParamValidator.sol";

/// @title The registry of strategy parameters
/// @notice Holds the typed parameters of every strategy and refuses each change that breaks a rule: it rejects and
/// never clamps. Values live in words of eight 32-bit lanes, grouped by module; token amounts have words of their own.
/// @dev A key is `module (8 bits) | word (5 bits) | lane (3 bits)`. Three lanes may change values:
/// - governance: bound by hard bounds and the largest jump of a version, and may move a parameter once in a block;
/// - steward: bound by hard bounds, the step, the cool-down, which also sees what the other lanes changed, and the
///   reach; once in a block, too, where no cool-down holds;
/// - guardian: may only move a parameter in the direction that reduces risk, or freeze.
///
/// REACH. A parameter's anchor is the value that governance last gave it, by a change, a listing or a rollback. In a
/// direction that does not reduce risk, the steward gets no further from the anchor than one jump, however many steps
/// it takes and whatever the guardian does in between. Governance gives it new room by changing the parameter; stating
/// its value is no change.
///
/// SPECS. Of a spec, bounds, steps, jump and cool-down may change: narrower at once, wider after a vote and `SPEC_DELAY`.
/// The rest is what the parameter is. Specs are not in the state hash.
///
/// A call is one version, whole or not at all. Order of the checks: caller, strategy, time window, version, report,
/// freeze of the strategy; then for each change, ascending: known key, stated value is the stored one and, where it
/// changes, freeze of the key, hard bounds, abdicated, direction of risk (guardian), jump (governance) or step,
/// cool-down and reach (steward), not changed in this block yet (both), order of the next key; after the last change of
/// a word: coupled groups stated whole; after the last of a module: rules between its parameters; at last: something
/// has changed.
///
/// stateHash(0) = keccak256(abi.encode(chainid, registry, strategyId))
/// stateHash(v) = keccak256(abi.encode(stateHash(v - 1), v, reportHash, wordsHash(v)))
/// wordsHash(v) folds h = keccak256(abi.encode(h, moduleHash)), from h = 0, over the modules that v changed, ascending;
/// moduleHash = keccak256(abi.encodePacked(uint256(module), all its words)).
interface IStrategyRegistry {
    /// @notice One entry of a change. With `from == to` it states that the value stays what it is.
    struct Change {
        uint16 key;
        int256 from;
        int256 to;
    }

    /// @notice A parameter as it is listed: its packed spec and its first value.
    /// @dev Spec, from the lowest bit: minimum u32, maximum u32, stepUp u32, stepDown u32, jump u32, cooldown u32,
    /// flags u64 (group mask 8, risk 2, relative 1, signed 1, listed 1, amount 1, abdicated 1, free 1, scale 8, unit 8, free 32).
    /// - group: lanes of the word that must be stated together with this one;
    /// - risk: 0 neither direction adds risk, 1 up does, 2 down does, 3 both do;
    /// - relative: steps and jump are basis points of the current value, or of a thousandth of the maximum where
    ///   that is more, since from zero nothing would ever move;
    /// - amount: bounds and absolute steps count 10**scale; the value takes the whole word;
    /// - abdicated: set by the registry alone; steps and jump are zero then.
    struct Listing {
        uint16 key;
        uint256 spec;
        int256 value;
        string name;
    }

    /// @notice Where a strategy stands. Times are 0 where nothing was ever frozen.
    /// @dev `keysFrozenUntil` is the latest end of any freeze of one key: past it, none need be looked at.
    struct Head {
        uint32 version;
        uint32 frozenUntil;
        uint32 keysFrozenUntil;
        IParamValidator validator;
    }

    /// @notice The words of one module.
    struct ModuleWords {
        uint8 module;
        uint256[] words;
    }

    /// @notice What a version adds to the chain of hashes.
    struct Link {
        bytes32 reportHash;
        bytes32 wordsHash;
    }

    /// @notice That `version` left these words in every module that it changed, ascending.
    /// @param previousHash the state hash before that version
    /// @param reportHash that of that version
    /// @param later one link for each version since, oldest first
    struct Proof {
        uint32 version;
        bytes32 previousHash;
        bytes32 reportHash;
        ModuleWords[] modules;
        Link[] later;
    }

    /* EVENTS */

    event StrategyListed(
        bytes32 indexed strategyId, IParamValidator validator, uint256[] moduleWords
    );
    event ParamListed(
        bytes32 indexed strategyId, uint16 indexed key, string name, uint256 spec, int256 value
    );
    /// @notice A version was committed: all that was stated, with old and new values. Whoever replays the changes over
    /// the listing has every past state, and `stateHash` proves it.
    /// @param reportHash zero only for a listing, which has no changes, and where the guardian reduces risk
    event VersionCommitted(
        bytes32 indexed strategyId,
        uint256 indexed version,
        bytes32 stateHash,
        bytes32 reportHash,
        address by,
        Change[] changes
    );
    /// @notice `until` is zero where a freeze was ended.
    event StrategyFrozen(bytes32 indexed strategyId, uint256 until, address by);
    event KeyFrozen(bytes32 indexed strategyId, uint16 indexed key, uint256 until, address by);

    /// @notice A spec was proposed. It may be activated from `activeFrom` on; it takes the place of an earlier proposal.
    event SpecProposed(
        bytes32 indexed strategyId, uint16 indexed key, uint256 spec, uint256 activeFrom
    );
    /// @notice A spec was narrowed, or a proposed one activated.
    event SpecChanged(bytes32 indexed strategyId, uint16 indexed key, uint256 spec);
    /// @notice A proposed spec was cancelled, also by narrowing the parameter or giving it up.
    event SpecProposalCancelled(bytes32 indexed strategyId, uint16 indexed key, address by);
    /// @notice The parameter keeps its value for ever.
    event KeyAbdicated(bytes32 indexed strategyId, uint16 indexed key, int256 value);

    /* ERRORS, in the order of the checks */

    error NotGovernor(address caller);
    error StrategyUnknown(bytes32 strategyId);
    error TooEarly(uint256 notBefore, uint256 nowAt);
    error TooLate(uint256 notAfter, uint256 nowAt);
    error VersionMoved(uint256 expected, uint256 current);
    error ReportMissing();
    error Frozen(bytes32 strategyId, uint256 until);
    error ParamUnknown(uint16 key);
    error StaleValue(uint16 key, int256 stated, int256 current);
    error KeyIsFrozen(uint16 key, uint256 until);
    error BelowMinimum(uint16 key, int256 value, int256 minimum);
    error AboveMaximum(uint16 key, int256 value, int256 maximum);
    error Abdicated(uint16 key);
    error AddsRisk(uint16 key, int256 from, int256 to);
    error JumpTooLarge(uint16 key, uint256 change, uint256 largest);
    error StepTooLarge(uint16 key, uint256 change, uint256 largest);
    error CoolingDown(uint16 key, uint256 until);
    /// @notice `to` is further than `reach` from what governance left, in a direction that does not reduce risk.
    error BeyondReach(uint16 key, int256 to, int256 anchor, uint256 reach);
    /// @notice The parameter was changed, or listed, in this block already: moves do not add up at once.
    error ChangedJustNow(uint16 key, uint256 at);
    error KeysNotAscending(uint16 key);
    /// @param key the first one that the call leaves out
    /// @param missingLanes mask of the lanes of its word that the call leaves out
    error GroupIncomplete(uint16 key, uint256 missingLanes);
    error NoChanges();
    /// @notice The words are not those that the version left, or a link is missing or wrong: also where a later version
    /// has been committed since the proof was made.
    error ProofInvalid();

    error FreezeNotLonger(uint256 until, uint256 current);
    error FreezeTooLong(uint256 until, uint256 latest);
    error NotFrozen();

    error StrategyAlreadyListed(bytes32 strategyId);
    error ValidatorMissing(address validator);
    error TooManyModules(uint256 modules, uint256 limit);
    error TooManyWords(uint256 module, uint256 words, uint256 limit);
    error SpecInvalid(uint16 key, uint256 spec);

    /// @notice Only bounds, steps, jump and cool-down of a spec may change.
    error SpecKindChanged(uint16 key);
    /// @notice No field may leave more room than before, and one must leave less; else it has to be proposed.
    error SpecNotNarrower(uint16 key);
    error SpecNotProposed(uint16 key);
    error SpecNotReady(uint16 key, uint256 activeFrom);
    error SpecProposalExpired(uint16 key, uint256 expiredAt);

    /* LANES */

    /// @notice Governance changes parameters: one atomic version.
    /// @param changes ascending by key, each with the value it starts from; a coupled group is stated whole
    /// @param notBefore first second at which the call may run
    /// @param notAfter last second at which the call may run
    /// @param reportHash keccak256 of the risk report that was voted on
    function setParams(
        bytes32 strategyId,
        Change[] calldata changes,
        uint40 notBefore,
        uint40 notAfter,
        bytes32 reportHash
    ) external;

    /// @notice The steward changes parameters within step, cool-down and reach, at the version it has looked at.
    /// Moves that reduce risk skip the cool-down and know no reach; the next one of a parameter still waits for another
    /// block.
    function stewardSet(
        bytes32 strategyId,
        Change[] calldata changes,
        uint32 expectedVersion,
        uint40 notAfter,
        bytes32 reportHash
    ) external;

    /// @notice The guardian moves parameters in the direction that reduces risk; steps, cool-downs and a freeze do
    /// not hold it up, hard bounds and the rules between parameters do. The outside world is not asked.
    function guardianReduce(bytes32 strategyId, Change[] calldata changes) external;

    /// @notice Brings the modules that an earlier version changed back to what it left, as a new version.
    /// - Governance, with a report and not while frozen: step, jump and cool-down do not bind it, and its values become
    ///   anchors.
    /// - A guardian: every move must reduce risk; freezes do not hold it up, and it needs no report.
    ///
    /// Today's hard bounds, abdications, freezes of keys, one move in a block and the rules between parameters hold, as in
    /// the lane of each. Each version that is committed after the proof was made makes it stale. Governance, which
    /// votes for days, has the guardian freeze the strategy first and ends the freeze in the batch that rolls back. A
    /// hostile guardian, whom no freeze holds up, loses the role by a vote before.
    /// @param notAfter last second at which the call may run
    /// @param reportHash keccak256 of the risk report that was voted on; the guardian may give zero
    function rollbackTo(
        bytes32 strategyId,
        Proof calldata proof,
        uint40 notAfter,
        bytes32 reportHash
    ) external;

    /// @notice The guardian stops every change but its own until `until`, at most `MAX_FREEZE` from now.
    function freeze(bytes32 strategyId, uint40 until) external;

    /// @notice The guardian stops changes of one parameter, but its own, until `until`, at most `MAX_FREEZE` from now.
    function freezeKey(bytes32 strategyId, uint16 key, uint40 until) external;

    /// @notice The guardian or governance ends a freeze of the strategy. Where nothing is frozen, the guardian's call
    /// reverts and that of governance does nothing, so that no guardian can fail a batch by lifting its freeze before.
    function unfreeze(bytes32 strategyId) external;

    /// @notice The guardian or governance ends a freeze of one parameter. Where it is not frozen: as in `unfreeze`.
    function unfreezeKey(bytes32 strategyId, uint16 key) external;

    /* LISTING */

    /// @notice Governance lists a strategy with all its parameters. It happens once; the first version is 1, and the
    /// cool-downs run from it.
    /// @param moduleWords how many words each module has, by module number
    /// @param listings ascending by key
    function listStrategy(
        bytes32 strategyId,
        IParamValidator validator,
        uint256[] calldata moduleWords,
        Listing[] calldata listings
    ) external;

    /* SPECS */

    /// @notice Governance narrows the limits of a parameter, at once and also while frozen. The value must lie within
    /// the new ones: a steward who keeps it just outside is stopped by a freeze first. A proposed spec of the
    /// parameter is cancelled.
    /// @dev The hard bounds bind the guardian, too: narrowing the safe side leaves it less room.
    /// @param spec whole and packed; no field with more room than now, at least one with less
    function narrowSpec(bytes32 strategyId, uint16 key, uint256 spec) external;

    /// @notice Governance proposes other limits, wider ones as a rule. They wait for `SPEC_DELAY` and may be activated
    /// during the `SPEC_WINDOW` that follows. An earlier proposal for the parameter is replaced.
    function proposeSpec(bytes32 strategyId, uint16 key, uint256 spec) external;

    /// @notice Anyone activates a proposed spec that has waited, while neither strategy nor parameter is frozen. The
    /// value must lie within the new bounds.
    function activateSpec(bytes32 strategyId, uint16 key) external;

    /// @notice Governance or the guardian cancels a proposed spec.
    function cancelSpec(bytes32 strategyId, uint16 key) external;

    /// @notice Governance gives a parameter up: it keeps its value for ever, and nobody can change that. Not while
    /// strategy or parameter is frozen: what cannot be undone waits until those who look have looked.
    /// @param value the one that it keeps, which is the stored one
    function abdicate(bytes32 strategyId, uint16 key, int256 value) external;

    /* VIEWS */

    function governor() external view returns (address);
    function head(bytes32 strategyId) external view returns (Head memory);
    /// @notice Zero where the strategy is not listed.
    function version(bytes32 strategyId) external view returns (uint256);
    function stateHash(bytes32 strategyId) external view returns (bytes32);
    /// @notice The value of a parameter of any type. Reads its spec, too: a contract that knows the type asks `wordOf`
    /// and pays for one slot.
    function valueOf(bytes32 strategyId, uint16 key) external view returns (int256);
    /// @notice One packed word. The parameter `key` lives in word `key >> 3`, shifted up by `32 * (key & 7)` bits; an
    /// amount is the word.
    function wordOf(bytes32 strategyId, uint256 word) external view returns (uint256);
    /// @notice The packed words of one module.
    function wordsOf(bytes32 strategyId, uint8 module) external view returns (uint256[] memory);
    /// @notice The version and the packed words of one module, in one call, for the executor.
    function snapshot(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256 version, uint256[] memory words);
    /// @notice The packed spec; zero where the key is not listed.
    function specOf(bytes32 strategyId, uint16 key) external view returns (uint256);
    /// @notice The specs of one module by word and lane, eight a word; zero where no key is listed.
    function specsOf(bytes32 strategyId, uint8 module) external view returns (uint256[] memory);
    /// @notice A proposed spec and when it may be activated; zeros where there is none. It stays until it is activated,
    /// replaced or cancelled, also when its window is over.
    function proposedSpecOf(bytes32 strategyId, uint16 key)
        external
        view
        returns (uint256 spec, uint256 activeFrom);
    /// @notice Whether the parameter was given up; also in its spec.
    function isAbdicated(bytes32 strategyId, uint16 key) external view returns (bool);
    /// @notice The value from which the steward's reach is measured: what governance last set.
    function anchorOf(bytes32 strategyId, uint16 key) external view returns (int256);
    /// @notice The packed anchors of one module, as in `wordsOf`, and when the steward or the guardian last changed each.
    /// An anchor counts where that is also the time in `changeTimesOf`; elsewhere the value is the anchor.
    function anchorsOf(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256[] memory anchors, uint256[] memory anchoredAt);
    /// @notice When a parameter was last changed, or listed; zero where it is not listed.
    function lastChangeOf(bytes32 strategyId, uint16 key) external view returns (uint256);
    /// @notice The packed times of the last changes in one module, a lane each as in `wordsOf`; an amount's is in
    /// lane 0.
    function changeTimesOf(bytes32 strategyId, uint8 module)
        external
        view
        returns (uint256[] memory);
    /// @notice When the freeze of one key ends, or ended.
    function keyFrozenUntil(bytes32 strategyId, uint16 key) external view returns (uint256);
}
