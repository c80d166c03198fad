// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IValues} from "./UncheckedRegistry.sol";

/// @notice A lending reserve in the one thing that went wrong: what borrowers owe grows only in the branch that pays
/// suppliers, which is skipped where their rate is zero. The share that the protocol keeps is a parameter, in
/// millionths.
contract InterestPool {
    uint256 private constant WHOLE = 1e6;
    /// @dev Borrowers pay 10 % a year, and four fifths of what is supplied is lent.
    uint256 private constant BORROW_RATE = 100_000;
    uint256 private constant UTILISATION = 800_000;

    IValues public immutable values;
    bytes32 public immutable strategyId;
    uint16 public immutable key;
    uint256 public supplied;
    uint256 public debt;
    uint256 public kept;
    uint256 private _updatedAt;

    constructor(IValues values_, bytes32 strategyId_, uint16 key_, uint256 supplied_) {
        (values, strategyId, key) = (values_, strategyId_, key_);
        (supplied, debt) = (supplied_, supplied_ * UTILISATION / WHOLE);
        _updatedAt = block.timestamp;
    }

    /// @notice Brings interest up to date.
    function accrue() external {
        uint256 share = uint256(values.valueOf(strategyId, key));
        uint256 supplyRate = BORROW_RATE * UTILISATION / WHOLE * (WHOLE - share) / WHOLE;
        uint256 elapsed = block.timestamp - _updatedAt;
        _updatedAt = block.timestamp;
        if (supplyRate == 0) return;
        uint256 interest = debt * BORROW_RATE * elapsed / (WHOLE * 365 days);
        debt += interest;
        kept += interest * share / WHOLE;
        supplied += interest * (WHOLE - share) / WHOLE;
    }
}
