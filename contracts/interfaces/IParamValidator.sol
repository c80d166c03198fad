// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Rules between the parameters of a strategy
/// @notice Looks at the packed words of one module after a change and reverts where a rule between parameters is
/// broken. It is pure in the values; a rule that reads the outside world says so.
interface IParamValidator {
    error UnknownModule(uint8 module);
    error WeightsDoNotSum(uint256 sum);
    /// @notice `lower` must be below (or at most) `upper`.
    error OutOfOrder(uint16 lowerKey, uint256 lower, uint16 upperKey, uint256 upper);

    /// @param module number of the module
    /// @param words all packed words of the module after the change
    function validate(bytes32 strategyId, uint8 module, uint256[] calldata words) external view;
}
