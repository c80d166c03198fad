// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";

/// @notice A vault that counts whatever lies on its address. A thousand dead shares keep an empty one from losing its
/// first depositor's money, and make a share worth a thousandth of the asset; they do not keep its price from rising.
contract DonatedVault is ERC4626 {
    constructor(IERC20 asset_) ERC20("Curve vault of crvUSD", "cvcrvUSD") ERC4626(asset_) {}

    function decimals() public pure override returns (uint8) {
        return 18;
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 3;
    }
}

/// @notice The price of a whole share in the vault's own words, in 18 decimals, for an asset of one dollar.
contract ShareFeed is IAggregatorV3 {
    uint8 public constant decimals = 18;
    string public constant description = "cvcrvUSD / USD";

    DonatedVault private immutable _vault;

    constructor(DonatedVault vault) {
        _vault = vault;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        int256 answer = int256(_vault.convertToAssets(1e18));
        return (1, answer, block.timestamp, block.timestamp, 1);
    }
}
