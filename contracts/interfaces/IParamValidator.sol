// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Rules between the parameters of a strategy
/// @notice Looks at the packed words of one module after a change and reverts where a rule between parameters is
/// broken. Rules between the parameters are pure in the values; a rule that reads the outside world says so and is
/// looked at by `validate` alone.
interface IParamValidator {
    error ModuleUnknown(uint8 module);
    /// @notice Target weights must sum to 10,000 basis points.
    error WeightsDoNotSum(uint256 sum);
    /// @notice `lower` must be at most `upper`; below it where the rule says so.
    error OutOfOrder(uint16 lowerKey, uint256 lower, uint16 upperKey, uint256 upper);
    /// @notice The largest debt and its distance from a venue's liquidation threshold must leave a threshold of at
    /// most 100 %.
    error NoRoomForBuffer(uint16 key, uint256 maxLtv, uint256 ltvBuffer, uint256 threshold);
    /// @notice `gap` must be at most a fifth of `ceiling`.
    error GapTooWide(uint256 gap, uint256 ceiling);
    /// @notice Performance fee and ten times the management fee must be at most half: what both take of a gross
    /// return of 10 % a year.
    error FeesTooHigh(uint256 sum, uint256 limit);

    /// @notice Every rule. The registry asks at a listing and for what governance and the steward change.
    /// @param module number of the module
    /// @param words all packed words of the module after the change
    function validate(bytes32 strategyId, uint8 module, uint256[] calldata words) external view;

    /// @notice The rules between the parameters alone, and nothing of the outside world: a venue that lowered its
    /// threshold, or that is broken, must not stop the guardian, who only takes risk out.
    function validateReduction(bytes32 strategyId, uint8 module, uint256[] calldata words)
        external
        view;
}
