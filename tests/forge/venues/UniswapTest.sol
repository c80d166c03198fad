// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ISwapRouter} from "../../../contracts/interfaces/ISwapRouter.sol";
import {UniswapV3Venue} from "../../../contracts/venues/UniswapV3Venue.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VaultTest} from "../RebalancingVault/VaultTest.sol";

/// @notice What the tests call of Uniswap's position manager.
interface IPositionManager {
    struct MintParams {
        address token0;
        address token1;
        uint24 fee;
        int24 tickLower;
        int24 tickUpper;
        uint256 amount0Desired;
        uint256 amount1Desired;
        uint256 amount0Min;
        uint256 amount1Min;
        address recipient;
        uint256 deadline;
    }

    function createAndInitializePoolIfNecessary(
        address token0,
        address token1,
        uint24 fee,
        uint160 sqrtPriceX96
    ) external payable returns (address pool);

    function mint(MintParams calldata params)
        external
        payable
        returns (uint256 tokenId, uint128 liquidity, uint256 amount0, uint256 amount1);
}

/// @notice The vault's test beside the real Uniswap v3, from the bytecode that its makers publish: one pool for each
/// asset against the base asset, at the oracle's price.
abstract contract UniswapTest is VaultTest {
    uint24 internal constant FEE = 500;
    string private constant _CORE = "node_modules/@uniswap/v3-core/artifacts/contracts/";
    string private constant _PERIPHERY = "node_modules/@uniswap/v3-periphery/artifacts/contracts/";

    IPositionManager internal positions;
    ISwapRouter internal router;
    UniswapV3Venue internal uniswap;

    function setUp() public virtual override {
        super.setUp();
        address factory =
            _deploy(string.concat(_CORE, "UniswapV3Factory.sol/UniswapV3Factory.json"), "");
        // Wrapped ether is only for payments in ether, which nobody makes here.
        bytes memory args = abi.encode(factory, address(tokens[WETH]));
        router =
            ISwapRouter(_deploy(string.concat(_PERIPHERY, "SwapRouter.sol/SwapRouter.json"), args));
        string memory path = "NonfungiblePositionManager.sol/NonfungiblePositionManager.json";
        positions = IPositionManager(
            _deploy(string.concat(_PERIPHERY, path), abi.encode(factory, tokens[WETH], address(0)))
        );
        UniswapV3Venue.Pair[] memory pairs = new UniswapV3Venue.Pair[](2);
        pairs[0] = UniswapV3Venue.Pair(address(tokens[USDC]), address(tokens[WBTC]), FEE);
        pairs[1] = UniswapV3Venue.Pair(address(tokens[USDC]), address(tokens[WETH]), FEE);
        uniswap = new UniswapV3Venue(router, pairs);
        vault.setVenue(uniswap, true);
    }

    /// @dev A pool at the given price with the given amounts, over the whole range.
    function _pool(uint256 asset, uint256 dollars, uint256 price) internal {
        _poolWithin(asset, dollars, price, -887_270, 887_270);
    }

    function _poolWithin(uint256 asset, uint256 dollars, uint256 price, int24 lower, int24 upper)
        internal
    {
        OddToken usdc = tokens[USDC];
        OddToken other = tokens[asset];
        uint256 usdcAmount = dollars * 1e6;
        uint256 otherAmount = dollars * 10 ** other.decimals() / price;
        usdc.mint(address(this), usdcAmount);
        other.mint(address(this), otherAmount);
        usdc.approve(address(positions), usdcAmount);
        other.approve(address(positions), otherAmount);
        bool usdcFirst = address(usdc) < address(other);
        (uint256 amount0, uint256 amount1) =
            usdcFirst ? (usdcAmount, otherAmount) : (otherAmount, usdcAmount);
        (address token0, address token1) =
            usdcFirst ? (address(usdc), address(other)) : (address(other), address(usdc));
        uint160 root = uint160(Math.sqrt(Math.mulDiv(amount1, 1 << 192, amount0)));
        positions.createAndInitializePoolIfNecessary(token0, token1, FEE, root);
        positions.mint(
            IPositionManager.MintParams({
                token0: token0,
                token1: token1,
                fee: FEE,
                tickLower: lower,
                tickUpper: upper,
                amount0Desired: amount0,
                amount1Desired: amount1,
                amount0Min: 0,
                amount1Min: 0,
                recipient: address(this),
                deadline: block.timestamp
            })
        );
    }

    function _deploy(string memory artifact, bytes memory args) private returns (address made) {
        bytes memory code = bytes.concat(vm.getCode(artifact), args);
        // solhint-disable-next-line no-inline-assembly -- bytecode of another compiler
        assembly {
            made := create(0, add(code, 0x20), mload(code))
        }
        require(made != address(0), "not deployed");
    }
}
