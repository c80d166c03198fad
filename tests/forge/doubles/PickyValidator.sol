// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";

/// @notice Refuses the modules that a test names, in every lane or in all but the guardian's.
contract PickyValidator is IParamValidator {
    mapping(uint8 module => bool) public refuses;
    /// @notice Whether the world outside is as these modules need it.
    mapping(uint8 module => bool) public refusesOutside;

    error Refused(bytes32 strategyId, uint8 module, uint256[] words);

    function refuse(uint8 module) external {
        refuses[module] = true;
    }

    function refuseOutside(uint8 module) external {
        refusesOutside[module] = true;
    }

    function validate(bytes32 strategyId, uint8 module, uint256[] calldata words) external view {
        if (refuses[module] || refusesOutside[module]) revert Refused(strategyId, module, words);
    }

    function validateReduction(bytes32 strategyId, uint8 module, uint256[] calldata words)
        external
        view
    {
        if (refuses[module]) revert Refused(strategyId, module, words);
    }
}
