// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// @title The voting token
/// @notice OpenZeppelin's ERC20Votes with a fixed supply; its clock is the block's timestamp.
contract DpoToken is ERC20, ERC20Permit, ERC20Votes {
    /// @param holder who gets the whole supply
    /// @param supply in the smallest unit (18 decimals); nothing is ever minted after it
    constructor(address holder, uint256 supply)
        ERC20("DPO Governance", "DPO")
        ERC20Permit("DPO Governance")
    {
        _mint(holder, supply);
    }

    /// @notice Voting snapshots count seconds, so that delays mean the same on every chain.
    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    /// @notice The clock's name; the function's own name is ERC-6372's.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
